"""The deeds of jobs on a node, instead of training."""

import hashlib
import os
import signal
import sys
import time
from pathlib import Path

from tests.sweeps.entries import RESULT

from reviewlab.cluster.nodes import node_rank
from reviewlab.runs.files import read_json, write_json
from reviewlab.runs.folder import RunFolder
from reviewlab.runs.result import write_result
from reviewlab.runs.status import read_status, write_status
from reviewlab.sweeps.fork_server import leave_with_the_sweep

STEP = 0.1
"""The duration of a step, in seconds."""


def main(folder: Path, overrides: list[str]) -> None:
    """Begin, do what the last override says, and end with the status done."""
    word, _, steps = overrides[-1].partition("=")[2].partition("-")
    with RunFolder(folder).held():
        status = read_status(folder).begun()
        write_status(folder, status)
        if word == "raise":
            write_status(folder, status.finished("failed", "RuntimeError: boom"))
            raise RuntimeError("boom")
        if word == "exit":
            os._exit(7)
        if word == "dies" and status.attempts == 1:
            _train(folder, 5)
            os.kill(os.getpid(), signal.SIGKILL)
        state = _train(folder, int(steps or 5), deaf=word == "deaf", waits=word == "waits")
        accuracy = int(state[:8], 16) / 16**8
        epochs = [{"epoch": 0, "val/accuracy": accuracy}]
        result = {"best": epochs[0], "curves": epochs, "configuration_id": folder.name[-12:]}
        write_result(folder, {**RESULT, **result, "overrides": overrides})
        write_status(folder, status.finished("done"))


def _train(folder: Path, steps: int, deaf: bool = False, waits: bool = False) -> str:
    """Make and save steps that each depend on the previous one; end if a signal asks for it.

    A job that waits makes its last step only after a file `go` appears in the sweep's folder.
    """
    told: list[int] = []
    hear = (lambda number, frame: None) if deaf else (lambda number, frame: told.append(number))
    for number in (signal.SIGTERM, signal.SIGUSR1):
        signal.signal(number, hear)
    last = folder / "checkpoints" / "last.ckpt"
    step, state = read_json(last) if last.exists() else (0, folder.name)
    last.parent.mkdir(exist_ok=True)
    go = folder.parents[1] / "go"
    while step < steps:
        time.sleep(STEP)
        if not waits or step < steps - 1 or go.exists():
            step, state = step + 1, hashlib.sha256(state.encode()).hexdigest()
            write_json(last, [step, state])
        if told:
            write_status(folder, read_status(folder).finished("preempted", "told to"))
            os._exit(128 + told[0])
    return str(state)


def _wait_for_the_first_node(folder: Path) -> None:
    """Wait like a rank that ignores signals and does not notice that another rank has ended."""
    for number in (signal.SIGTERM, signal.SIGUSR1):
        signal.signal(number, signal.SIG_IGN)
    while read_status(folder).state in ("queued", "running", "killed"):
        time.sleep(STEP)


if __name__ == "__main__":
    leave_with_the_sweep()
    if node_rank() == 0:
        main(Path(sys.argv[1]), sys.argv[2:])
    else:
        _wait_for_the_first_node(Path(sys.argv[1]))
