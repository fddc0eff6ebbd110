"""The command line of `scripts/ensemble.py`: combine runs into one checkpoint."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from reviewlab.config.options import parse_options
from reviewlab.console.commands import command, shell_path
from reviewlab.console.exit import exit_on_input_error, tidy_up_on_interrupt
from reviewlab.console.table import on_one_line
from reviewlab.console.text import readable_path
from reviewlab.exceptions import InputError, escape_controls
from reviewlab.ranges import PositiveInt
from reviewlab.runs.identity import slug

VERBATIM = ("outputs", "name")


@dataclass(frozen=True)
class Choice:
    """The options of `conf/ensemble.yaml`.

    Args:
        size: number of selection rounds; each adds one run, which may have been added before.
        metric: the validation metric by which runs are chosen.
        name: name of the ensemble's folder; None for the name of the first folder given.
        outputs: the folder of all runs; ensembles are written to its subfolder `ensembles/`.
    """

    size: PositiveInt
    metric: Literal["accuracy", "loss"]
    name: str | None
    outputs: str

    def run(self, folders: Sequence[Path]) -> None:
        """Choose the members, write the ensemble and print it.

        Args:
            folders: run folders, sweep folders, or folders that contain them.
        """
        from reviewlab.ensembles.candidates import read_candidates
        from reviewlab.ensembles.ensemble import choose, format_ensemble

        candidates, notes = read_candidates(folders)
        sys.stderr.writelines(f"{on_one_line(note)}\n" for note in notes)
        ensemble = choose(candidates, self.size, self.metric)
        tidy_up_on_interrupt()
        from reviewlab.ensembles.folder import write_ensemble

        name = slug([self.name or folders[0].resolve().name])
        folder = write_ensemble(ensemble, candidates, Path(self.outputs), name)
        sys.stdout.write(escape_controls(format_ensemble(ensemble, candidates)))
        sys.stdout.write(f"\n-> {readable_path(folder.path)}\n")
        evaluate = f"{command('evaluate')} checkpoint={shell_path(folder.path)}"
        sys.stdout.write(f"to measure the ensemble on the test split: {evaluate}\n")


def main(argv: Sequence[str] | None = None) -> None:
    """Make an ensemble of runs."""
    with exit_on_input_error(argv) as arguments:
        folders = [argument for argument in arguments if is_folder(argument)]
        others = [argument for argument in arguments if not is_folder(argument)]
        choice = parse_options("ensemble", Choice, VERBATIM, others)
        if choice is None:
            return
        if not folders:
            raise InputError(
                "folder: missing; give run folders, sweeps or folders that contain them"
            )
        choice.run([Path(folder) for folder in folders])


def is_folder(argument: str) -> bool:
    """Tell whether an argument is a folder, not an option; the name of a folder may contain `=`."""
    return not argument.startswith("-") and ("=" not in argument or Path(argument).is_dir())
