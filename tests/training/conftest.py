"""Fixtures for the tests of training."""

from pathlib import Path

import pytest
from tests.training.tiny import Setup


@pytest.fixture
def setup(tmp_path: Path) -> Setup:
    return Setup(tmp_path)
