"""Tables of labelled texts for tests, and data sets of them."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from reviewlab.data.labelled.module import TableDataModule
from reviewlab.exceptions import InputError
from reviewlab.text.cleaning import Cleaning
from reviewlab.text.words import WordEncoder

LABELS = ("bad", "good")


def texts(count: int) -> list[str]:
    """Return distinct texts of several words."""
    return [f"review number {number} of many" for number in range(count)]


def write(path: Path, columns: dict[str, Sequence[Any]]) -> Path:
    """Write a csv."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
    return path


def labelled(path: Path, labels: Sequence[Any], **more: Sequence[Any]) -> Path:
    """Write a csv with one text for each label."""
    return write(path, {"text": texts(len(labels)), "label": labels, **more})


def table(source: Path, **options: Any) -> TableDataModule:
    """Return the data set of a source, with the cache next to it."""
    encoder = WordEncoder(cleaning=Cleaning(strip_space=True))
    options = {"cache_dir": str(source.parent / "cache"), "batch_size": 1, **options}
    return TableDataModule(encoder, source=str(source), **options)


def refusal(data: TableDataModule) -> str:
    """Return the one-line error with which a data set is refused."""
    with pytest.raises(InputError) as raised:
        data.prepare()
    line = str(raised.value)
    assert "\n" not in line
    return line
