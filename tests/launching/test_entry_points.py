"""The entry points of all packages are read before a sweep forks, not in each of its jobs."""

import importlib.metadata
from typing import NoReturn

import pytest
import pytorch_lightning as pl

from reviewlab.launching.entry_points import CALLBACKS, remembered_entry_points


def test_a_trainer_reads_no_metadata_of_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    """This holds for pytorch-lightning 2.6; a later version may look elsewhere."""

    def read() -> NoReturn:
        raise AssertionError("the metadata of all packages is read again")

    monkeypatch.setattr(importlib.metadata, "distributions", read)
    pl.Trainer(logger=False, barebones=True)


def test_what_is_remembered_is_what_is_installed() -> None:
    installed = {point.value for point in importlib.metadata.entry_points(group=CALLBACKS)}
    assert {point.value for point in remembered_entry_points(group=CALLBACKS)} == installed
