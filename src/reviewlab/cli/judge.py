"""The command line of `scripts/judge.py`: compare runs from elsewhere in a leaderboard."""

import csv
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from reviewlab.config.options import parse_options
from reviewlab.console.exit import exit_on_input_error
from reviewlab.console.table import on_one_line
from reviewlab.console.text import count_of
from reviewlab.evaluation.options import refuse_output_folder
from reviewlab.exceptions import InputError
from reviewlab.ranges import FoldCount, PositiveFloat
from reviewlab.runs.identity import slug

if TYPE_CHECKING:
    from reviewlab.judging.rows import JudgedRuns
    from reviewlab.judging.run_table import Columns, RunTable
    from reviewlab.reporting.reporter import Reporter

COLUMNS = ("metric", "group", "seed", "fold", "data", "state", "time", "seconds")
"""Options that name columns."""

VERBATIM = (*COLUMNS, "study", "planned", "output")

FOLDER = Path("outputs", "judged")


def main(argv: Sequence[str] | None = None) -> None:
    """Compare the runs of a table."""
    with exit_on_input_error(argv) as arguments:
        tables = [argument for argument in arguments if is_table(argument)]
        options = parse_options(
            "judge", JudgeOptions, VERBATIM, [word for word in arguments if not is_table(word)]
        )
        if options is None:
            return
        if len(tables) != 1:
            problem = f"{tables[1]!r} is a second one" if tables else "missing"
            raise InputError(f"table: {problem}; give one table of runs, such as runs.csv")
        judge(tables[0], options)


def is_table(argument: str) -> bool:
    """Tell whether an argument is a file, not an option; the name of a file may contain `=`."""
    return not argument.startswith("-") and ("=" not in argument or Path(argument).is_file())


@dataclass(frozen=True)
class JudgeOptions:
    """The options of `conf/judge.yaml`.

    Args:
        metric: column of the metric to rank by; None for a study's only objective.
        group: columns of the settings, separated by commas; None for all parameters of a study.
        seed: column of the seed, which pairs runs of different configurations; None if each
            configuration has a single run.
        fold: column of the held-out fold of a cross-validation.
        folds: number of folds; None for the number of different folds in the table.
        data: column of the data set, whose runs get a table of their own.
        state: column with the state of each run, such as finished or crashed; a run that has not
            finished has no value.
        time: column of the time at which each run ended; of runs with the same settings and seed,
            the last one counts.
        seconds: column of each run's duration in seconds.
        study: name of the Optuna study; None if the file has only one.
        mode: direction in which the metric is better; None for that of the study or the one that
            the metric's name tells.
        margin: largest difference that counts as equal. auto: 0.005 for metrics from 0 to 1, none
            for others; none: equality is never claimed.
        planned: number of planned seeds, which are the first ones, or the planned seeds, separated
            by commas; None if no plan is known.
        output: folder for leaderboard.{md,csv,html} and the figures; None for a folder in
            outputs/judged/ with the name of the table.
        html: whether to write report.html as well, the comparison on one interactive page.
        figures: format in which the figures are drawn at print quality as well; None to skip this.
    """

    metric: str | None
    group: str | None
    seed: str | None
    fold: str | None
    folds: FoldCount | None
    data: str | None
    state: str | None
    time: str | None
    seconds: str | None
    study: str | None
    mode: Literal["max", "min"] | None
    margin: PositiveFloat | Literal["auto", "none"]
    planned: str | None
    output: str | None
    html: bool
    figures: Literal["svg", "pdf", "png"] | None

    def place(self, table: str) -> Path:
        """Return the folder to write to.

        Raises:
            InputError: it is a file, or a sweep, whose own leaderboard would be overwritten.
        """
        refuse_output_folder(self.output)
        if self.output is not None and (Path(self.output) / "jobs").is_dir():
            raise InputError(
                f"output: {self.output!r} is a sweep, which has a leaderboard of its own; give "
                "another folder"
            )
        return FOLDER / slug([Path(table).stem]) if self.output is None else Path(self.output)

    def read(self, table: str) -> "RunTable":
        """Read the table of runs."""
        from reviewlab.judging.optuna_study import is_study, read_study
        from reviewlab.judging.table_file import read_file

        if is_study(table):
            return read_study(table, self.study)
        if self.study is not None:
            raise InputError(f"study: {self.study!r} is not allowed: {table!r} is no database")
        named = [getattr(self, option) for option in COLUMNS if option != "group"]
        return read_file(table, [*filter(None, named), *split_names(self.group)])

    def columns(self, table: "RunTable") -> "Columns":
        """Return the columns to read, with those of a study where none are named.

        Raises:
            InputError: the metric or the settings are not named.
        """
        from reviewlab.judging.run_table import Columns

        for option in COLUMNS:
            if getattr(self, option) == "":  # typically a shell variable that is not set
                raise InputError(f"{option}: '' is not allowed; allowed: {table.names()}")
        named: dict[str, Any] = {
            option: getattr(self, option) or table.also.get(option) for option in COLUMNS
        }
        named["group"] = split_names(self.group) or table.group
        if not named["metric"] and len(table.modes) == 1:
            [named["metric"]] = table.modes
        if not named["metric"]:
            names = ", ".join(table.modes) or table.names()
            raise InputError(f"metric: missing; allowed: a column of {table.path!r}: {names}")
        if not named["group"]:
            raise InputError(
                f"group: missing; allowed: columns of {table.path!r}, separated by commas:"
                f" {table.names()}"
            )
        return Columns(**named)


def split_names(text: str | None) -> tuple[str, ...]:
    """Split names at commas; a name that contains a comma is quoted.

    >>> split_names('model,"betas (a, b)"')
    ('model', 'betas (a, b)')
    """
    return tuple(next(csv.reader([text], skipinitialspace=True))) if text else ()


def judge(path: str, options: JudgeOptions) -> None:
    """Compare the runs of a table, print the leaderboard and write its files.

    Args:
        path: the table, or an Optuna study.
        options: the options.
    """
    from reviewlab.cli.leaderboard_files import write_leaderboard, write_pages
    from reviewlab.judging.rows import read_rows
    from reviewlab.reporting.text import text

    place = options.place(path)
    table = options.read(path)
    columns = options.columns(table)
    runs = read_rows(table, columns, options.folds)
    reporter = make_reporter(place, table, columns, runs, options)
    for note in describe_reading(table, columns, runs):
        sys.stderr.write(f"{on_one_line(note)}\n")
    sys.stdout.write(f"{text(reporter.board, shutil.get_terminal_size().columns, Path.cwd())}\n")
    write_leaderboard(reporter, options.figures)
    if options.html:
        from reviewlab.reporting.page.document import write_page  # late: plotly is slow to import

        write_pages(reporter, Path(path).name, write_page)


def make_reporter(
    place: Path, table: "RunTable", columns: "Columns", runs: "JudgedRuns", options: JudgeOptions
) -> "Reporter":
    """Build the leaderboard.

    Args:
        place: folder to write to.
        table: the table as read.
        columns: the columns that were read.
        runs: the runs.
        options: the options.
    """
    from reviewlab.judging.metrics import choose_mode
    from reviewlab.reporting.metric_table import default_margin
    from reviewlab.reporting.plan import Plan
    from reviewlab.reporting.reporter import Reporter

    values = [row.value for row in runs.rows if row.value is not None]
    margins = {"auto": default_margin(columns.metric, values), "none": None}
    margin = margins[options.margin] if isinstance(options.margin, str) else options.margin
    mode = choose_mode(columns.metric, options.mode, table.modes.get(columns.metric))
    plan = Plan(runs.planned(options.planned), margin)
    reporter = Reporter(place, columns.metric, mode, plan=plan)
    for row in runs.rows:
        reporter.add(row)
    return reporter


def describe_reading(table: "RunTable", columns: "Columns", runs: "JudgedRuns") -> list[str]:
    """Say what was detected in the file, and how many runs do not count.

    Args:
        table: the table as read.
        columns: the columns that were read.
        runs: the runs.
    """
    notes = [f"{table.path}: {note}" for note in table.cells.notes]
    if runs.repeats:
        note = f"{count_of(runs.repeats, 'run')} repeated later; the run that ended last counts"
        hint = "" if columns.seed else "; if they differ in a seed, name its column with seed="
        notes.append(f"{table.path}: {note}{hint}")
    return notes
