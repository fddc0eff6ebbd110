"""Folders of finished runs, with predictions made by hand."""

from pathlib import Path
from typing import Any

import numpy as np
from tests import handmade

from reviewlab.config.compose import compose_config
from reviewlab.data.demo import DemoDataModule
from reviewlab.models import ReviewClassifier
from reviewlab.runs.folder import RunFolder
from reviewlab.runs.result import write_result
from reviewlab.runs.status import Status, write_status
from reviewlab.runs.validation import Validation, ValidationReviews, write_validation
from reviewlab.text.words import WordEncoder

STARS = ("1", "2", "3", "4", "5")
COUNT = 60
LABELS = np.arange(COUNT) % 5
SPLIT = ValidationReviews(LABELS, np.arange(COUNT) * 3)
FINGERPRINT = DemoDataModule(WordEncoder(), reviews=300).fingerprint()


def answers(seed: int, labels: np.ndarray = LABELS, classes: int = 5) -> np.ndarray:
    """Return probabilities that are mostly right, different for each seed."""
    generator = np.random.default_rng(seed)
    logits = generator.normal(size=(len(labels), classes))
    logits[np.arange(len(labels)), labels] += 1
    odds = np.exp(logits)
    values: np.ndarray = (odds / odds.sum(1, keepdims=True)).astype(np.float16)
    return values


def finished_run(
    folder: Path,
    seed: int,
    values: np.ndarray | None = None,
    split: ValidationReviews = SPLIT,
    made: ReviewClassifier | None = None,
    **changes: Any,
) -> Path:
    """Write a finished run on demo reviews, best in its third epoch."""
    data = compose_config("evaluate", ["data=demo", "data.reviews=300"])["data"]
    config = {"seed": seed, "data": data, "model": {"_target_": "reviewlab.models.LSTMClassifier"}}
    made = made or handmade.classifier(STARS, **config)
    handmade.save(made, folder / "checkpoints" / "best.ckpt")
    RunFolder(folder).write_config(config)
    result = {
        "run_id": f"{seed:012x}",
        "configuration_id": "c",
        "data_fingerprint": FINGERPRINT,
        "label_names": [*STARS],
        "majority_label": "4",
        "majority_baseline": {"val": {"accuracy": 0.2}},
        "overrides": [f"seed={seed}"],
        "best": {"epoch": 2, "val/accuracy": 0.5, "val/loss": 1.0},
        "curves": [],
        "parameters": 5,
        "seconds": {"train": 2.0},
        "flags": [],
        "test_uses": 0,
    }
    write_result(folder, {**result, **changes})
    write_status(folder, Status("done"))
    kept = answers(seed, split.labels) if values is None else values
    write_validation(folder, Validation(2, kept, split))
    return folder
