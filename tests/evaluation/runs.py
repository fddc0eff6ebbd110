"""Folders of finished runs, with a checkpoint made by hand."""

import json
from pathlib import Path

from tests import handmade

from reviewlab.data.demo import DemoDataModule
from reviewlab.models import ReviewClassifier
from reviewlab.text.words import WordEncoder


def ended_run(folder: Path, made: ReviewClassifier) -> Path:
    """Write a finished run on 300 demo reviews, best in its fifth epoch."""
    best = handmade.save(made, folder / "checkpoints" / "best.ckpt")
    handmade.save(made, best.with_name("last.ckpt"))
    result = {"data_fingerprint": DemoDataModule(WordEncoder(), reviews=300).fingerprint()}
    (folder / "result.json").write_text(
        json.dumps({**result, "test": {"test/loss": 1.0}, "best": {"epoch": 4}})
    )
    return folder
