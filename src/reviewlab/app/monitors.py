"""Which metric chooses: it has to be one that is measured on the validation split."""

from collections.abc import Sequence
from typing import Any

from reviewlab.app import build
from reviewlab.app.errors import did_you_mean
from reviewlab.errors import InputError
from reviewlab.models.metrics import metric_names

SMALL_IS_GOOD = {"loss", "mae", "calibration_error"}


def check_monitors(config: dict[str, Any], label_names: Sequence[str]) -> None:
    """Refuse a config in which something watches a metric that the validation does not measure.

    The best epoch, early stopping and a schedule may watch; test metrics can be watched by none.
    """
    names = sorted(f"val/{name}" for name in metric_names(label_names))
    nodes = {"": config, "scheduler.": config["scheduler"]}
    nodes |= {f"callbacks.{name}.": node for name, node in config["callbacks"].items() if node}
    for prefix, node in nodes.items():
        monitor, mode = node.get("monitor"), node.get("mode")
        if monitor is None:
            continue
        if monitor not in names:
            hint = did_you_mean(monitor, names) or ";"
            raise InputError(
                f"{prefix}monitor: no metric {monitor!r} is measured on the validation split{hint} "
                f"allowed: {', '.join(names)}"
            )
        wanted = "min" if monitor.removeprefix("val/") in SMALL_IS_GOOD else "max"
        if mode is not None and mode != wanted:
            raise InputError(
                f"{prefix}mode: {mode!r} would look for the worst {monitor}; allowed: {wanted}"
            )
    if "monitor" in config["scheduler"] and not build.validates(config):
        raise InputError(
            "scheduler.monitor: nothing is held out to watch with data.validation=0; allowed: "
            "another scheduler"
        )
