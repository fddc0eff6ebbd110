"""Fixtures of the callback tests."""

from pathlib import Path

import pytest
from tests.training.tiny import Setup


@pytest.fixture
def setup(tmp_path: Path) -> Setup:
    """A training of three epochs of five steps."""
    return Setup(tmp_path)
