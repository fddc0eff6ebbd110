"""What a person reads when a run has ended."""

from typing import Any

from reviewlab.app.run import Outcome

FIRST = ("loss", "accuracy", "f1_macro", "mae", "calibration_error")
HIDDEN = ("training_loss", "predicted_classes")
TITLES = {"train": "train", "val": "validation", "test": "test"}


def summary(outcome: Outcome) -> str:
    """The metrics at the best epoch beside the majority baseline, and where everything is."""
    result = outcome.result
    lines = ["", *metric_table(result), "", _which_epoch(result), _effort(result)]
    lines.append(f"run folder: {outcome.folder.path}")
    lines += [_FLAGS[flag] for flag in result["flags"]]
    return "\n".join(lines)


_FLAGS = {
    "diverged": "diverged: a loss was not finite; a smaller optimizer.lr may help",
    "collapsed": "collapsed: every prediction is one class; the accuracy is that class's share",
}


def metric_table(result: dict[str, Any]) -> list[str]:
    """A row a metric, a column a split, and the majority baseline's accuracy behind."""
    measured = {**result["best"], **result.get("test", {})}
    splits = [split for split in TITLES if f"{split}/loss" in measured]
    names = [name.partition("/")[2] for name in measured if name.startswith(f"{splits[-1]}/")]
    rows = [n for n in FIRST if n in names]
    rows += [n for n in names if n not in FIRST and n not in HIDDEN]
    width = max(len("majority baseline"), *map(len, rows))
    lines = [" " * width + "".join(f"{TITLES[split]:>12}" for split in splits)]
    for name in rows:
        cells = (measured.get(f"{split}/{name}") for split in splits)
        lines.append(f"{name:{width}}" + "".join(_cell(value) for value in cells))
    shares = result["majority_baseline"]
    baseline = "".join(_cell(shares.get(split)) for split in splits)
    return [*lines, f"{'majority baseline':{width}}{baseline}"]


def _cell(value: float | None) -> str:
    return f"{'-':>12}" if value is None else f"{value:12.4f}"


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
