"""The summary printed when a run has ended."""

from pathlib import Path

from reviewlab.config.logger_choice import logs_to_tensorboard
from reviewlab.console.commands import command, fit_command, shell_path, tensorboard
from reviewlab.console.text import readable_path
from reviewlab.reporting.metric_table import of_split, table
from reviewlab.running.run import Outcome
from reviewlab.runs.folder import RunFolder
from reviewlab.runs.identity import name_examples
from reviewlab.training.summary import TrainingResult

TITLES = {"train": "train", "val": "validation", "test": "test"}
FLAGS = {
    "diverged": "diverged: a loss was not finite; a smaller optimizer.lr may help",
    "collapsed": "collapsed: every prediction is the same class, so accuracy is that class's share",
}


def format_summary(outcome: Outcome) -> str:
    """Format the metrics at the best epoch beside the majority baseline, and the next commands.

    Warnings that the numbers cannot be trusted come last.
    """
    folder = outcome.folder.path
    parts = [
        f"\n{format_metrics(outcome)}\n",
        *([outcome.training.stopped_early] if outcome.training.stopped_early else []),
        _which_epoch(outcome),
        _effort(outcome.training, name_examples(outcome.folder.read_config())),
        *(
            f"where the time went: {readable_path(path)}"
            for path in sorted(folder.glob("*-profile*.txt"))
        ),
        f"run folder: {readable_path(folder)}\n",
        "next:",
        *map(fit_command, list_next_commands(folder)),
        *(FLAGS[flag] for flag in outcome.training.flags),
    ]
    return "\n".join(parts)


def format_metrics(outcome: Outcome) -> str:
    """Format a table with a column for each split and one for the majority baseline."""
    facts, training = outcome.facts, outcome.training
    measured = {**training.best, **(training.test or {})}
    splits = [split for split in TITLES if f"{split}/loss" in measured]
    columns = {TITLES[split]: of_split(measured, split) for split in splits}
    columns[f"always {facts.majority_label}"] = facts.majority_baseline[splits[-1]]
    return table(columns)


def list_next_commands(folder: Path) -> list[str]:
    """List the commands to try next with a run, ready to be copied."""
    checkpoint = f"checkpoint={shell_path(folder)}"
    config = RunFolder(folder).read_config()
    reads_texts, logs = name_examples(config) == "reviews", logs_to_tensorboard(config)
    predict = f'{command("predict")} {checkpoint} text="slow start, but worth it"'
    return [
        *([predict] if reads_texts else []),
        f"{command('evaluate')} {checkpoint}",
        *([tensorboard(folder.parent)] if logs else []),
    ]


def _which_epoch(outcome: Outcome) -> str:
    training, monitor = outcome.training, outcome.facts.monitor
    epochs, best = len(training.curves), (training.best_epoch or 0) + 1
    if monitor in training.best:
        return f"epoch {best} of {epochs} is the best by {monitor}"
    return f"epoch {best} of {epochs}, the last, since nothing was held out to compare epochs"


def _effort(training: TrainingResult, examples: str) -> str:
    seconds = sum(training.seconds.values())
    return (
        f"{training.parameters:,} parameters, {seconds:.1f} s,"
        f" {training.reviews_per_second:,.0f} {examples}/s in training"
    )
