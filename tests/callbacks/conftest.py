"""Fixtures for the tests of callbacks."""

from pathlib import Path

import pytest
from tests.training.tiny import Setup


@pytest.fixture
def setup(tmp_path: Path) -> Setup:
    """A training of three epochs with five steps each."""
    return Setup(tmp_path)
