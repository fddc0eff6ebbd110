"""The targets of the Makefile run every test that needs something special."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TARGETS = dict(
    re.findall(r"pytest -m (\w+)((?: tests/\w+)+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
)
"""For each marker, the folders in which its target looks for tests."""


@pytest.mark.parametrize("marker", ["browser", "cluster", "gpu", "install", "real_data"])
def test_a_target_looks_wherever_there_are_tests_with_its_marker(marker: str) -> None:
    folders = [ROOT / name for name in TARGETS[marker].split()]
    files = [f for f in (ROOT / "tests").rglob("test_*.py") if f"mark.{marker}" in f.read_text()]
    assert files
    assert [f for f in files if not any(f.is_relative_to(folder) for folder in folders)] == []
