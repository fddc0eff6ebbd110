"""A training that stopped early gives the reason."""

from pathlib import Path
from typing import Any

import pytest
from pytorch_lightning.callbacks import EarlyStopping
from tests.training.tiny import Setup


def ending(folder: Path, epochs: int, **options: Any) -> str | None:
    setup = Setup(folder)
    least = options.pop("min_epochs", None)
    setup.trainer = {"max_epochs": epochs, "min_epochs": least}
    setup.callbacks = lambda: [EarlyStopping("val/loss", **options)]
    result, _ = setup.run()
    return result.stopped_early


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"patience": 1, "min_delta": 9.0}, "2 of 5: val/loss improved by less than 9 in 1 epoch"),
        ({"patience": 0, "min_delta": 9.0}, "2 of 5: val/loss improved by less than 9 in 1 epoch"),
        ({"patience": 2, "min_delta": 0.5}, "3 of 5: val/loss improved by less than 0.5 in 2"),
        ({"stopping_threshold": 99.0}, "1 of 5: val/loss reached 99"),
        ({"divergence_threshold": 0.0}, "1 of 5: val/loss went beyond 0"),
        ({"patience": 1, "min_delta": 9.0, "min_epochs": 4}, "4 of 5: val/loss improved by less"),
    ],
)
def test_the_reason_is_told(tmp_path: Path, options: dict[str, Any], reason: str) -> None:
    told = ending(tmp_path, 5, **options)
    assert told is not None
    assert told.startswith(f"stopped early after epoch {reason}")


def test_a_decision_in_the_last_epoch_counts(tmp_path: Path) -> None:
    """A larger budget would change nothing."""
    told = ending(tmp_path, 2, patience=1, min_delta=9.0)
    assert told == "stopped early after epoch 2 of 2: val/loss improved by less than 9 in 1 epoch"


def test_the_whole_budget_is_no_early_end(tmp_path: Path) -> None:
    assert ending(tmp_path / "patient", 2, patience=5) is None
    assert ending(tmp_path / "bound", 2, patience=1, min_delta=9.0, min_epochs=3) is None
