"""Measure the time until the first training step or the help text, against the imports alone."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
from pytorch_lightning.callbacks import Callback

from reviewlab.benchmarks.measurement import Pairs, Workbench, alternate, seconds

TRAIN = str(Path(__file__).resolve().parents[3] / "scripts" / "train.py")
IMPORTS = ["-c", "import torch, pytorch_lightning, hydra"]
FIRST_STEP = f"+callbacks.first_step._target_={__name__}.FirstStep"


class FirstStep(Callback):
    """Ends the process after the first training step, so its run time is the time to that step."""

    def on_train_batch_end(self, trainer: pl.Trainer, *_: Any) -> None:
        """Exit at once, without Python's own cleanup."""
        os._exit(0)


def warm_start(bench: Workbench) -> Pairs:
    """Time the default LSTM on cached IMDB reviews, from process start to the first step."""
    command = [TRAIN, *bench.command("data=imdb", "model=lstm", FIRST_STEP)]
    run_python(command)
    return _against_imports(command, bench.pairs)


def help_text(bench: Workbench) -> Pairs:
    """Time `scripts/train.py --help`."""
    return _against_imports([TRAIN, "--help"], bench.pairs)


def _against_imports(command: Sequence[str], pairs: int) -> Pairs:
    run_python(IMPORTS)
    return alternate(lambda: seconds(lambda: run_python(command)), lambda: seconds(_imports), pairs)


def _imports() -> None:
    run_python(IMPORTS)


def run_python(arguments: Sequence[str]) -> str:
    """Run Python with these arguments and return its output.

    The imports leave compiled bytecode, as they usually do, even if the environment forbids it.
    """
    done = subprocess.run(  # noqa: S603  our own interpreter and scripts
        [sys.executable, *arguments],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": ""},
    )
    return done.stdout
