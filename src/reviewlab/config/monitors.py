"""Refuses what watches a metric that is not measured on the validation split."""

from typing import Any

from reviewlab.config.experiment import Experiment
from reviewlab.config.part import Part
from reviewlab.data.reviews import Classes
from reviewlab.exceptions import InputError, did_you_mean
from reviewlab.models.metrics import metric_names
from reviewlab.reporting.metric_table import best_mode


def check_monitors(experiment: Experiment, classes: Classes) -> None:
    """Refuse an experiment in which something watches a metric that is not measured.

    The best epoch, early stopping and a schedule may watch; nothing can watch a test metric.
    """
    watched: list[tuple[str, Any, Any]] = [("", experiment.monitor, experiment.mode)]
    parts: dict[str, Part[Any]] = {"scheduler": experiment.scheduler}
    parts |= {f"callbacks.{n}": part for n, part in experiment.callbacks.items() if part}
    for key, part in parts.items():
        watched.append((f"{key}.", part.value("monitor"), part.value("mode")))
    for prefix, monitor, mode in watched:
        if monitor is not None:
            check_measured(f"{prefix}monitor", monitor, classes)
            check_mode(f"{prefix}mode", mode or best_mode(monitor), monitor)
    if experiment.scheduler.value("monitor") is not None and not experiment.validates:
        raise InputError(
            "scheduler.monitor: nothing is held out to watch with data.validation=0; allowed: "
            "another scheduler"
        )


def check_measured(key: str, metric: str, classes: Classes) -> None:
    """Refuse a metric that the validation does not measure.

    Args:
        key: that names the metric in the config.
        metric: its name.
        classes: of the data, which decide what is measured.
    """
    names = sorted(f"val/{name}" for name in metric_names(*classes))
    if metric not in names:
        hint = did_you_mean(metric, names) or ";"
        raise InputError(
            f"{key}: no metric {metric!r} is measured on the validation split{hint} "
            f"allowed: {', '.join(names)}"
        )


def check_mode(key: str, mode: str, metric: str) -> None:
    """Refuse a mode in which the worst value of a metric would win.

    Args:
        key: that sets the mode in the config.
        mode: min or max.
        metric: name of the metric.
    """
    if mode != best_mode(metric):
        raise InputError(
            f"{key}: {mode!r} would look for the worst {metric}; allowed: {best_mode(metric)}"
        )
