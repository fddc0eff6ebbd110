"""Reads what an earlier version wrote, so that tests can compare today's code with it."""

import json
import shutil
from pathlib import Path

from reviewlab.config.check import bind_for
from reviewlab.config.compose import compose_config
from reviewlab.runs.identity import configuration_id, run_id

FOLDER = Path(__file__).with_name("recorded")
RUN_IDS: dict[str, dict[str, str]] = json.loads((FOLDER / "run_ids.json").read_text())
"""By command line, the ids that the version before the rebuilding gave."""

FINGERPRINT = "0" * 16
"""Stands for the content of the data, so that no data have to be read."""


def ids(command_line: str) -> dict[str, str]:
    """Return the ids that today's code gives a command line of `scripts/train.py`."""
    config = bind_for(compose_config("train", command_line.split())).as_config()
    return {
        "run_id": run_id(config, FINGERPRINT),
        "configuration_id": configuration_id(config, FINGERPRINT),
    }


def copy_of(name: str, target: Path) -> Path:
    """Copy the recorded `run` or `sweep` folder to `target`, which tests may change."""
    target.parent.mkdir(parents=True, exist_ok=True)
    return shutil.copytree(FOLDER / name, target)
