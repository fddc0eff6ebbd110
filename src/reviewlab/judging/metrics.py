"""The direction of metrics of other projects, judged by their names."""

from typing import Literal

from reviewlab.exceptions import InputError
from reviewlab.reporting.metric_table import SHARES, words_of

Mode = Literal["max", "min"]

LARGER = (
    SHARES
    | {"r2", "bleu", "rouge", "meteor", "reward", "return", "score", "kappa", "mcc", "psnr", "ssim"}
) - {"calibration", "ece"}
"""Words in the names of metrics of which larger values are better."""

SMALLER = frozenset({
    *("loss", "error", "err", "mae", "mse", "rmse", "mape", "perplexity", "ppl", "nll", "entropy"),
    *("wer", "cer", "brier", "ece", "calibration", "fid", "regret", "logloss", "deviance"),
})  # fmt: skip
"""Words in the names of metrics of which smaller values are better."""

TURNED = frozenset({"neg", "negative", "inverse"})
"""Words that turn the direction around, or do not."""


def mode_of(metric: str) -> Mode | None:
    """Return the better direction of a metric; None if its name does not tell.

    >>> mode_of("eval/accuracy"), mode_of("val_loss"), mode_of("neg_mean_squared_error")
    ('max', 'min', None)
    """
    words = {*words_of(metric)}
    larger, smaller = not LARGER.isdisjoint(words), not SMALLER.isdisjoint(words)
    if larger == smaller or not TURNED.isdisjoint(words):
        return None
    return "max" if larger else "min"


def choose_mode(metric: str, given: Mode | None, of_study: str | None) -> str:
    """Return the direction to rank by: the given one, the study's, or the one the name tells.

    Args:
        metric: name of the metric.
        given: the direction on the command line; None if there is none.
        of_study: the direction of the study's objective; None if the metric is none.

    Raises:
        InputError: the direction is unknown.
    """
    mode = given or of_study or mode_of(metric)
    if mode is None:
        raise InputError(
            f"mode: missing: {metric!r} does not tell whether larger values are better; "
            "allowed: max, min"
        )
    return mode
