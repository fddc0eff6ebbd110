"""Read files of an earlier version, to compare today's code with it."""

import json
import shutil
from pathlib import Path

from reviewlab.config.check import bind_for
from reviewlab.config.compose import compose_config
from reviewlab.runs.identity import configuration_id, run_id

FOLDER = Path(__file__).with_name("recorded")
RUN_IDS: dict[str, dict[str, str]] = json.loads((FOLDER / "run_ids.json").read_text())
"""The ids that an earlier version computed, by command line."""

FINGERPRINT = "0" * 16
"""A stand-in for the digest of the data, so that no data have to be read."""


def ids(command_line: str) -> dict[str, str]:
    """Return the ids that today's code computes for a command line of `scripts/train.py`."""
    config = bind_for(compose_config("train", command_line.split())).as_config()
    return {
        "run_id": run_id(config, FINGERPRINT),
        "configuration_id": configuration_id(config, FINGERPRINT),
    }


def copy_of(name: str, target: Path) -> Path:
    """Copy the recorded `run` or `sweep` folder to `target`, which tests may change."""
    target.parent.mkdir(parents=True, exist_ok=True)
    return shutil.copytree(FOLDER / name, target)
