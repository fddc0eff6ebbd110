"""What a job may do instead of training; the queue gets these as entry points."""

import os
import signal
import time
from pathlib import Path

from reviewlab.runs.result import write_result
from reviewlab.runs.status import read_status, write_status


def main(folder: Path, overrides: list[str]) -> None:
    """Begin, do what the first override says, and end as done."""
    status = read_status(folder).begun()
    write_status(folder, status)
    [action] = overrides
    DEEDS[action](folder)
    write_result(folder, {"best": {"val/accuracy": 0.5}})
    write_status(folder, status.finished("done"))


def _raise(folder: Path) -> None:
    raise RuntimeError("boom")


def _wait(folder: Path) -> None:
    """Wait for a signal, and say then how it ended."""

    def save(number: int, frame: object) -> None:
        write_status(folder, read_status(folder).finished("preempted", "told to"))
        os._exit(128 + number)

    signal.signal(signal.SIGTERM, save)
    (folder / "waiting").touch()
    time.sleep(60)


def _deaf(folder: Path) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    (folder / "waiting").touch()
    time.sleep(60)


def _truncate(folder: Path) -> None:
    (folder / "status.json").write_text('{"state": "runn')
    os._exit(0)


def _delete(folder: Path) -> None:
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    os._exit(1)


def _environment(folder: Path) -> None:
    names = ("CUDA_VISIBLE_DEVICES", "OMP_NUM_THREADS")
    (folder / "environment").write_text(" ".join(os.environ.get(name, "-") for name in names))


DEEDS = {
    "succeed": lambda folder: None,
    "raise": _raise,
    "exit": lambda folder: os._exit(7),
    "kill": lambda folder: os.kill(os.getpid(), signal.SIGKILL),
    "wait": _wait,
    "deaf": _deaf,
    "truncate": _truncate,
    "delete": _delete,
    "environment": _environment,
}
