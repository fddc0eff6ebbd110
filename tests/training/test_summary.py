"""The memory figures of a run."""

import subprocess
import sys

import numpy as np

from reviewlab.training.summary import peak_memory

HOLD = "held = bytearray(400_000_000); held[::4096] = b'x' * len(held[::4096]);"
ASK = "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1]], check=True)"
TELL = "from reviewlab.training.summary import peak_memory; print(peak_memory()['process'])"


def test_the_peak_only_rises() -> None:
    before = peak_memory()["process"]
    held = np.ones(30_000_000)
    assert peak_memory()["process"] >= max(before, held.nbytes)


def test_what_the_parent_held_does_not_count() -> None:
    command = [sys.executable, "-c"]
    alone, child = (
        int(subprocess.run([*c, TELL], capture_output=True, check=True, text=True).stdout)
        for c in (command, [*command, HOLD + ASK])
    )
    assert child < alone + 200_000_000
