"""The printed summary of a finished run."""

from pathlib import Path

import pytest

from reviewlab.config.compose import compose_config
from reviewlab.running.run_summary import list_next_commands
from reviewlab.runs.folder import RunFolder


@pytest.mark.parametrize(("logger", "shown"), [("tensorboard", 1), ("csv", 0), ("none", 0)])
def test_tensorboard_is_named_where_something_logs_to_it(
    tmp_path: Path, logger: str, shown: int
) -> None:
    RunFolder(tmp_path).write_config(compose_config("train", [f"logger={logger}"]))
    commands = list_next_commands(tmp_path)
    assert sum("tensorboard --logdir" in command for command in commands) == shown
    assert len(commands) == 2 + shown
