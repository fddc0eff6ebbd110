"""What is a good value of a metric. No torch: reports, which start at once, ask it too."""

from typing import Literal

SMALL_IS_GOOD = {"loss", "mae", "calibration_error"}


def good_mode(metric: str) -> Literal["min", "max"]:
    """How to look for the best value of a metric of any split.

    >>> good_mode("val/calibration_error"), good_mode("test/accuracy")
    ('min', 'max')
    """
    return "min" if metric.rpartition("/")[2] in SMALL_IS_GOOD else "max"
