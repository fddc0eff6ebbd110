"""A run id never changes: a later version computes the same one."""

import pytest
from tests.recorded import RUN_IDS, ids


@pytest.mark.parametrize("command_line", RUN_IDS)
def test_a_command_line_keeps_its_ids(command_line: str) -> None:
    assert ids(command_line) == RUN_IDS[command_line]
