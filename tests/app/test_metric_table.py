"""The table of metrics: aligned without a terminal, drawn on one, never wider than a page."""

import io
import re

from reviewlab.app.metric_table import table

METRICS = {"val/loss": 0.512345, "val/accuracy": 1.0, "val/predicted_classes": 2.0}
GUESSED = {"val/accuracy": 0.5, "val/predicted_classes": 1.0}


def test_aligned_without_a_terminal(capsys):
    assert table(METRICS, GUESSED, "always neg") == (
        "metric                  value  always neg\n"
        "val/loss               0.5123\n"
        "val/accuracy           1.0000      0.5000\n"
        "val/predicted_classes       2           1\n"
    )


def test_nan_is_shown(capsys):
    assert "nan" in table({"val/loss": float("nan")}, {}, "always neg")


def test_drawn_on_a_terminal(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setattr("sys.stdout", Terminal())
    drawn = table(METRICS, GUESSED, "always " + "long label " * 5)
    drawn = re.sub(r"\x1b\[[0-9;]*m", "", drawn)
    assert max(map(len, drawn.splitlines())) <= 80
    assert "0.5123" in drawn
