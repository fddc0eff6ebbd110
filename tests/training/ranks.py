"""Run Python code in two processes that train together."""

import os
import socket
import subprocess
from pathlib import Path

from tests.forked import python

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def run_two_ranks(code: str, folder: Path) -> None:
    """Run `code` as two ranks of one training, which find `folder` in `sys.argv[1]`."""
    shared = {**os.environ, "OMP_NUM_THREADS": "1", "MASTER_PORT": str(free_port())}
    ranks = [
        subprocess.Popen(
            [python(), "-c", code, str(folder)],
            cwd=ROOT,
            env={**shared, "LOCAL_RANK": str(rank)},
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank in range(2)
    ]
    try:
        for rank in ranks:
            _, err = rank.communicate(timeout=900)  # only a hanging rank is that slow
            assert rank.returncode == 0, err
    finally:
        for rank in ranks:
            rank.kill()
            rank.communicate()
