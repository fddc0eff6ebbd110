"""Modules that read run folders import without torch; `make lint` checks the import contracts."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "name",
    [
        "runs.folder",
        "runs.result",
        "runs.identity",
        "runs.provenance",
        "sweeps.queue",
        "sweeps.search_source",
        "reporting.page.document",
        "notes.results",
        "notes.figures",
        "cli.data",
        "cli.report",
        "describing.sections",
        "console.exit",
        "launching.place",
        "cluster.submission",
    ],
)
def test_run_folders_are_read_without_torch(name: str) -> None:
    code = f"import reviewlab.{name}, sys; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
