"""The leaderboard as files: for people (md, html) and for programs (csv)."""

import base64
import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypedDict

from reviewlab.console.table import escape_markdown, markdown_table
from reviewlab.reporting.answer import answer
from reviewlab.reporting.cells import effect_lines, fate, heading, notes
from reviewlab.reporting.columns import columns
from reviewlab.reporting.html import render
from reviewlab.reporting.leaderboard import Leaderboard
from reviewlab.reporting.line import Line
from reviewlab.runs.files import write_text

STEM = "leaderboard"
"""Name, without suffix, of the files that rank by the sweep's own metric."""

TEMPLATE = Path(__file__).parent / "leaderboard.html"


def write_markdown(board: Leaderboard, folder: Path, stem: str = STEM) -> None:
    """Write `leaderboard.md`.

    Args:
        board: the leaderboard.
        folder: folder to write to; the runs' paths are shown relative to it.
        stem: file name without suffix.
    """
    parts = ["# Leaderboard"]
    if board.parts:
        parts.append(heading(board))
    for name, one in board.tables.items():
        parts += [f"## {escape_markdown(name)}" if name else "", *_markdown_parts(one)]
    if board.others:
        others = [list(map(escape_markdown, fate(row, folder))) for row in board.others]
        titles = ["state", "folder", "reason"]
        parts += ["## Without a value", markdown_table(titles, others, [False, False, False])]
    write_text(folder / f"{stem}.md", "\n\n".join(filter(None, parts)) + "\n")


def _markdown_parts(board: Leaderboard) -> Iterator[str]:
    yield escape_markdown(answer(board))
    yield heading(board) if board.lines else ""
    if board.lines:
        yield board_table(board)
        yield _markdown_list(notes(board))
    if board.effects:
        yield "## Main effects"
        yield _markdown_list(effect_lines(board))


def board_table(board: Leaderboard) -> str:
    """Format only the table as Markdown, with one row per configuration."""
    shown_columns = columns(board)
    rows = zip(*(column.cells for column in shown_columns), strict=True)
    return markdown_table(
        [escape_markdown(column.title) for column in shown_columns],
        [list(map(escape_markdown, row)) for row in rows],
        [column.right for column in shown_columns],
    )


def _markdown_list(lines: Sequence[str]) -> str:
    return "\n".join(f"- {escape_markdown(line)}" for line in lines)


MEASURED = (
    *("metric", "mean", "standard_deviation", "n", "lower", "upper", "half_seeds", "half_reviews"),
    *("distinct_texts", "verdict", "p_holm", "p_equal", "margin", "planned_seeds"),
    *("dropped_after", "seeds_needed", "effect_size", "beats_best", "searched", "optimism"),
    *("majority_baseline", "ngram_baseline", "parameters", "seconds"),
)
"""Columns of `leaderboard.csv` with results, after those of the keys that vary."""

ENDED = ("epochs", "attempts", "flags", "unfinished", "lost", "state", "folders", "reason")
"""Columns of `leaderboard.csv` about how the runs went."""


def write_csv(board: Leaderboard, folder: Path, stem: str = STEM) -> None:
    """Write `leaderboard.csv`: one row per configuration, then one per run without a value.

    Numbers have full precision.

    Args:
        board: the leaderboard.
        folder: folder to write to; the runs' paths are relative to it.
        stem: file name without suffix.
    """
    out = io.StringIO()
    table = csv_columns(board, folder)
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table)
    writer.writerows(zip(*table.values(), strict=True))
    write_text(folder / f"{stem}.csv", out.getvalue())


def csv_columns(board: Leaderboard, folder: Path) -> dict[str, list[Any]]:
    """Map each column name of `leaderboard.csv` to the column's cells; an empty cell is None.

    Args:
        board: the leaderboard.
        folder: folder that the runs' paths are relative to.
    """
    keys = list(dict.fromkeys(key for one in board.tables.values() for key in one.keys))
    of_data = ["data"] if board.parts else []
    names = ["rank", "configuration_id", *of_data, *keys, *MEASURED, *ENDED]
    rows = [
        _configuration(rank, name, line, one, folder)
        for name, one in board.tables.items()
        for rank, line in enumerate(one.lines, start=1)
    ]
    for row in board.others:
        state, path, reason = fate(row, folder)
        rows.append({"attempts": row.attempts, "state": state, "folders": path, "reason": reason})
    return {name: [row.get(name) for row in rows] for name in names}


def _configuration(
    rank: int, name: str, line: Line, board: Leaderboard, folder: Path
) -> dict[str, Any]:
    """Return one configuration's row, which maps column names to cells.

    Args:
        rank: rank of the configuration, from 1.
        name: name of the configuration's data set; empty if all runs share one data set.
        line: the configuration.
        board: the leaderboard of that data set.
        folder: folder that the runs' paths are relative to.
    """
    lower, upper = line.bounds or (None, None)
    return {
        "rank": rank,
        "configuration_id": line.configuration_id,
        "data": name,
        **line.settings,
        "metric": board.metric,
        "mean": line.mean,
        "standard_deviation": line.deviation,
        "n": line.n,
        "lower": lower,
        "upper": upper,
        "half_seeds": None if line.interval is None else line.interval.seeds,
        "half_reviews": None if line.interval is None else line.interval.reviews,
        "distinct_texts": line.distinct,
        "verdict": line.verdict,
        "p_holm": line.p,
        "p_equal": line.p_equal,
        "margin": board.margin,
        "planned_seeds": board.plan,
        "dropped_after": line.dropped,
        "seeds_needed": line.prospect.seeds_needed,
        "effect_size": line.prospect.effect,
        "beats_best": line.prospect.chance,
        "searched": line.trial and line.trial.value,
        "optimism": line.optimism,
        "majority_baseline": line.baseline,
        "ngram_baseline": line.rows[0].ngram_baseline,
        "parameters": line.parameters or None,
        "seconds": line.seconds or None,
        "epochs": line.epochs or None,
        "attempts": line.attempts or None,
        "flags": " ".join(line.flags),
        "unfinished": line.unfinished,
        "lost": line.lost,
        "state": "done",
        "folders": " ".join(fate(row, folder)[1] for row in line.all_rows),
    }


def write_html(
    board: Leaderboard, folder: Path, figures: Sequence[Path] = (), stem: str = STEM
) -> None:
    """Write `leaderboard.html`, a single file that includes the figures and needs no network.

    Args:
        board: the leaderboard.
        folder: folder to write to; the runs' paths are shown relative to it.
        figures: PNG files to include.
        stem: file name without suffix.
    """
    page = render(
        TEMPLATE,
        heading=heading(board) if board.parts else "",
        tables=[_section(name, one) for name, one in board.tables.items()],
        images=[(figure.stem, _base64(figure)) for figure in figures],
        others=[fate(row, folder) for row in board.others],
    )
    write_text(folder / f"{stem}.html", page)


class Section(TypedDict):
    """One leaderboard as the template shows it; `name` is empty if it is the only one."""

    name: str
    answer: str
    heading: str
    titles: list[str]
    right: list[bool]
    rows: list[tuple[str, ...]]
    notes: list[str]
    effects: list[str]


def _section(name: str, board: Leaderboard) -> Section:
    shown_columns = columns(board) if board.lines else []
    return {
        "name": name,
        "answer": answer(board),
        "heading": heading(board),
        "titles": [column.title for column in shown_columns],
        "right": [column.right for column in shown_columns],
        "rows": list(zip(*(column.cells for column in shown_columns), strict=True)),
        "notes": notes(board) if board.lines else [],
        "effects": effect_lines(board) if board.effects else [],
    }


def _base64(file: Path) -> str:
    return base64.b64encode(file.read_bytes()).decode()
