"""Entry points of jobs that do something other than training."""

import hashlib
import os
import signal
import time
from pathlib import Path

from reviewlab.runs.files import read_json, write_json
from reviewlab.runs.folder import RunFolder
from reviewlab.runs.result import write_result
from reviewlab.runs.status import read_status, write_status
from reviewlab.sweeps.outcome import DISK_FAILED

RESULT = {
    "data_fingerprint": "",
    "majority_baseline": {},
    "parameters": 10,
    "seconds": {"train": 1.0},
    "flags": [],
}
"""The keys of every result."""


def main(folder: Path, overrides: list[str]) -> None:
    """Begin, do what the first override says, and end with the status done."""
    status = read_status(folder).begun()
    write_status(folder, status)
    [action] = overrides
    DEEDS[action](folder)
    write_result(folder, {"best": {"val/accuracy": 0.5}})
    write_status(folder, status.finished("done"))


def _raise(folder: Path) -> None:
    raise RuntimeError("boom")


def _wait(folder: Path) -> None:
    """Wait for a signal, and then record how the job ended."""

    def save(number: int, frame: object) -> None:
        write_status(folder, read_status(folder).finished("preempted", "told to"))
        os._exit(128 + number)

    signal.signal(signal.SIGTERM, save)
    (folder / "waiting").touch()
    while True:
        signal.pause()


def _deaf(folder: Path) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    (folder / "waiting").touch()
    while True:
        signal.pause()


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


def _full(folder: Path) -> None:
    write_status(folder, read_status(folder).finished("failed", "OSError: [Errno 28]"))
    os._exit(DISK_FAILED)


DEEDS = {
    "full": _full,
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


def train(folder: Path, overrides: list[str]) -> None:
    """Make `steps` steps, each depending on the previous one, and save every second one."""
    steps = int(overrides[0].partition("=")[2])
    with RunFolder(folder).held():
        status = read_status(folder).begun()
        write_status(folder, status)
        last = folder / "checkpoints" / "last.ckpt"
        step, state = read_json(last) if last.exists() else (0, overrides[-1])
        last.parent.mkdir(exist_ok=True)
        while step < steps:
            time.sleep(0.03)
            step, state = step + 1, hashlib.sha256(state.encode()).hexdigest()
            if step % 2 == 0:
                write_json(last, [step, state])
        accuracy = int(state[:8], 16) / 16**8
        epochs = [{"epoch": 0, "val/accuracy": accuracy}]
        result = {"best": epochs[0], "curves": epochs, "configuration_id": folder.name[-12:]}
        write_result(folder, {**RESULT, **result, "overrides": overrides})
        write_status(folder, status.finished("done"))
