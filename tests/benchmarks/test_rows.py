"""Every row can be measured."""

import math
from importlib import import_module

from reviewlab.benchmarks.rows import ROWS


def test_every_row_names_something_that_can_be_measured():
    for row in ROWS.values():
        assert math.isfinite(row.limit) and row.pairs > 0
        module, name = row.measure.split(".")
        assert callable(getattr(import_module(f"reviewlab.benchmarks.{module}"), name))
