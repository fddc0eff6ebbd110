"""What a person reads when a run has ended."""

from pathlib import Path
from typing import Any

from reviewlab.console.commands import python, shell_path, tensorboard
from reviewlab.reporting.metric_table import of_split, table
from reviewlab.running.run import Outcome
from reviewlab.runs.files import short_path
from reviewlab.runs.folder import RunFolder

TITLES = {"train": "train", "val": "validation", "test": "test"}
FLAGS = {
    "diverged": "diverged: a loss was not finite; a smaller optimizer.lr may help",
    "collapsed": "collapsed: every prediction is one class; the accuracy is that class's share",
}


def summary(outcome: Outcome) -> str:
    """The metrics at the best epoch beside the majority baseline, and what to do next.

    A run whose numbers mean nothing says so in its last line.
    """
    result, folder = outcome.result, outcome.folder.path
    parts = [
        f"\n{metrics(result)}\n",
        _which_epoch(result),
        _effort(result),
        *(
            f"where the time went: {short_path(path)}"
            for path in sorted(folder.glob("*-profile*.txt"))
        ),
        f"run folder: {short_path(folder)}\n",
        "next:",
        *(f"  {command}" for command in next_commands(folder)),
        *(FLAGS[flag] for flag in result["flags"]),
    ]
    return "\n".join(parts)


def metrics(result: dict[str, Any]) -> str:
    """A column a split, and one for always answering the commonest class."""
    measured = {**result["best"], **result.get("test", {})}
    splits = [split for split in TITLES if f"{split}/loss" in measured]
    columns = {TITLES[split]: of_split(measured, split) for split in splits}
    columns[f"always {result['majority_label']}"] = result["majority_baseline"][splits[-1]]
    return table(columns)


def next_commands(folder: Path) -> list[str]:
    """Three things to try with a run, ready to be copied."""
    best = shell_path(RunFolder(folder).best_checkpoint)
    return [
        f'{python("predict")} checkpoint={best} text="slow start, but worth it"',
        f"{python('evaluate')} checkpoint={best}",
        tensorboard(folder.parent),
    ]


def _which_epoch(result: dict[str, Any]) -> str:
    epochs, best = len(result["curves"]), result["best_epoch"] + 1
    if result["monitor"] in result["best"]:
        return f"epoch {best} of {epochs} is the best by {result['monitor']}"
    return f"epoch {best} of {epochs}, the last: nothing was held out to choose by"


def _effort(result: dict[str, Any]) -> str:
    seconds = sum(result["seconds"].values())
    return (
        f"{result['parameters']:,} parameters, {seconds:.1f} s,"
        f" {result['reviews_per_second']:,.0f} reviews/s in training"
    )
