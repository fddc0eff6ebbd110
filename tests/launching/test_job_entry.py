"""A job of a sweep, in its own process."""

import errno
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests import handmade

from reviewlab.callbacks import Interrupted
from reviewlab.config.check import check_config
from reviewlab.config.compose import compose_config
from reviewlab.exceptions import InputError
from reviewlab.launching import job_entry
from reviewlab.runs.folder import RunFolder
from reviewlab.runs.status import Status, read_status, write_status
from reviewlab.sweeps.outcome import DISK_FAILED

SMALL = ["data.reviews=200", "model=mlp", "trainer.max_epochs=1"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunFolder:
    """A job that is ready: its config is written, and nothing else."""
    monkeypatch.setattr("reviewlab.launching.job_entry._redirect_output", lambda log: None)
    experiment = check_config(compose_config("train", [*SMALL, f"outputs={tmp_path}"]))
    made = RunFolder(tmp_path / "job")
    made.path.mkdir()
    made.write_config(experiment.as_config())
    write_status(made.path, Status("queued"))
    return made


def raises(error: BaseException) -> Callable[..., None]:
    def run(*arguments: Any) -> None:
        raise error

    return run


def test_a_job_trains_in_its_own_folder(folder: RunFolder) -> None:
    job_entry.main(folder.path, ["seed=0"])
    assert read_status(folder.path).state == "done"
    assert json.loads((folder.path / "result.json").read_text())["overrides"] == ["seed=0"]
    assert folder.best_checkpoint.is_file()


@pytest.mark.parametrize(
    ("error", "code", "reason"),
    [
        (InputError("seed: -1 is not allowed"), 2, "seed: -1 is not allowed"),
        (KeyError("train"), 1, "KeyError: 'train'"),
        (OSError(errno.ENOSPC, "No space left"), DISK_FAILED, "OSError: [Errno 28] No space left"),
    ],
)
def test_what_breaks_before_the_run_can_say_so_stands_in_its_status(
    error: Exception, code: int, reason: str, folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reviewlab.launching.job_entry.run", raises(error))
    with pytest.raises(SystemExit) as left:
        job_entry.main(folder.path, [])
    status = read_status(folder.path)
    assert left.value.code == code
    assert (status.state, status.attempts, status.reason) == ("failed", 1, reason)


def test_an_interrupted_job_leaves_as_its_signal_would(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reviewlab.launching.job_entry.run", raises(Interrupted(15)))
    with pytest.raises(SystemExit) as left:
        job_entry.main(folder.path, [])
    assert left.value.code == 143
    assert read_status(folder.path).state == "queued"  # the run itself records how it was stopped


def test_half_a_file_is_dropped_and_a_whole_one_stays(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reviewlab.launching.job_entry.run", lambda *arguments: None)
    (folder.path / "result.json").write_text('{"run_id": ')
    (folder.path / "provenance.json").write_text("{}")
    folder.last_checkpoint.parent.mkdir()
    folder.last_checkpoint.write_bytes(b"half")
    job_entry.main(folder.path, [])
    assert not (folder.path / "result.json").exists()
    assert (folder.path / "provenance.json").read_text() == "{}"
    assert not folder.last_checkpoint.exists()
    handmade.save(handmade.classifier(), folder.last_checkpoint)
    job_entry.main(folder.path, [])
    assert folder.last_checkpoint.exists()


LATE = """
import sys
from pathlib import Path
from reviewlab.launching import job_entry
before = {*sys.modules}
job_entry._redirect_output = lambda log: None
job_entry.main(Path(sys.argv[1]), [])
print(*sorted({*sys.modules} - before), sep="\\n", file=sys.stderr)
"""


def test_a_job_finds_everything_imported_that_takes_long(folder: RunFolder) -> None:
    """Otherwise each fork would import it: omegaconf alone doubled the time of a small job."""
    command = [sys.executable, "-c", LATE, str(folder.path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    late = done.stderr.splitlines()
    assert read_status(folder.path).state == "done"
    small = {"encodings.ascii", "fsspec.implementations.chained", "netrc"}
    small |= {"torch.profiler._cupti_monitor"}  # a millisecond for all of them
    assert {*late} <= small
