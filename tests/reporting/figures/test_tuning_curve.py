"""The figure of tuning curves."""

from pathlib import Path

import numpy as np
import pytest

from reviewlab.reporting.figures.tuning_curve import draw_tuning_curves
from reviewlab.reporting.tuning import tuning_curve
from reviewlab.reporting.tuning_groups import TuningCurves


@pytest.mark.parametrize("values", [[0.5], [0.5, 0.5], [0.2, np.inf], [np.inf, np.inf]])
def test_whatever_there_is_is_drawn(tmp_path: Path, values: list[float]) -> None:
    n = len(values)
    curve = tuning_curve(values, range(1, n + 1), "min", (0.0, np.inf), 0.95)
    tuned = TuningCurves("model", "val/loss", "min", {"lstm $x$": curve}, 0, 0.95)
    [drawn] = draw_tuning_curves(tuned, tmp_path / "figures")
    assert drawn.name == "tuning_curve.png"
    assert drawn.read_bytes().startswith(b"\x89PNG")
    both = draw_tuning_curves(tuned, tmp_path / "figures", "pdf")
    assert [path.suffix for path in both] == [".png", ".pdf"]
