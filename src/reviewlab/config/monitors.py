"""Check that every monitored metric is measured on the validation split."""

from typing import Any

from reviewlab.config.experiment import Experiment
from reviewlab.config.part import Part
from reviewlab.data.reviews import Classes
from reviewlab.exceptions import InputError, did_you_mean
from reviewlab.models.metrics import metric_names
from reviewlab.reporting.metric_table import best_mode


def check_monitors(experiment: Experiment, classes: Classes) -> None:
    """Refuse an experiment that monitors a metric which validation does not measure.

    The choice of the best epoch, early stopping and a scheduler may each monitor a metric. Test
    metrics are refused.

    Args:
        experiment: the checked config.
        classes: the data's classes, which decide which metrics are measured.

    Raises:
        InputError: a monitored metric or its mode is not allowed; the message names the key.
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
            "scheduler.monitor: with data.validation=0 there is no validation split to monitor; "
            "choose another scheduler"
        )


def check_measured(key: str, metric: str, classes: Classes) -> None:
    """Refuse a metric that validation does not measure.

    Args:
        key: the config key that names the metric.
        metric: name of the metric.
        classes: the data's classes, which decide which metrics are measured.

    Raises:
        InputError: the metric is not measured; the message lists those that are.
    """
    names = sorted(f"val/{name}" for name in metric_names(*classes))
    if metric not in names:
        hint = did_you_mean(metric, names) or ";"
        raise InputError(
            f"{key}: {metric!r} is not measured on the validation split{hint} "
            f"allowed: {', '.join(names)}"
        )


def check_mode(key: str, mode: str, metric: str) -> None:
    """Refuse a mode that would select the worst value of a metric.

    Args:
        key: the config key that sets the mode.
        mode: min or max.
        metric: name of the metric.

    Raises:
        InputError: the mode is the wrong one; the message names the right one.
    """
    if mode != best_mode(metric):
        raise InputError(
            f"{key}: {mode!r} would select the worst {metric}; allowed: {best_mode(metric)}"
        )
