"""A run id names an experiment for good: a later version gives it the same one."""

import pytest
from tests.recorded import RUN_IDS, ids


@pytest.mark.parametrize("command_line", RUN_IDS)
def test_a_command_line_keeps_its_ids(command_line: str) -> None:
    assert ids(command_line) == RUN_IDS[command_line]
