"""Reviews from a file that the user has to name."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from reviewlab.data.datamodule import ReviewDataModule
from reviewlab.data.reviews import Reviews
from reviewlab.exceptions import InputError


@dataclass(kw_only=True, eq=False)
class AddedDataModule(ReviewDataModule):
    """One review per line, after its label.

    Args:
        source: the file.

    Raises:
        InputError: the file does not exist.
    """

    label_names = ("bad", "good")

    source: str

    def __post_init__(self) -> None:
        super().__post_init__()
        if not Path(self.source).is_file():
            raise InputError(f"data.source: {self.source!r} does not exist; give a file")

    def fingerprint(self) -> str:
        """Return a digest of the file."""
        return hashlib.sha256(Path(self.source).read_bytes()).hexdigest()

    def read(self) -> dict[str, Reviews]:
        """Read all lines."""
        lines = Path(self.source).read_text(encoding="utf-8").splitlines()
        labels, texts = zip(*(line.split(" ", 1) for line in lines), strict=True)
        numbers = np.array([self.label_names.index(label) for label in labels], dtype=np.int64)
        return {"train": Reviews([*texts], numbers)}
