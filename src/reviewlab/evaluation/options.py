"""The options of the commands that use a checkpoint, and what can be refused without torch."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from reviewlab.exceptions import InputError
from reviewlab.ranges import NonNegativeInt, Threads

Split = Literal["train", "validation", "test"]

Decision = Literal["mode", "median", "mean"]
"""As `reviewlab.nn.objectives` has it, which imports torch."""


@dataclass(frozen=True)
class CheckpointOptions:
    """The options that `conf/evaluate.yaml` and `conf/errors.yaml` share, `data` aside.

    Args:
        checkpoint: a .ckpt file.
        split: which split of the data to measure.
        output: a json file for the numbers, or a folder for tables; None for none.
        device: where the classifier computes.
        threads: of the CPU.
        seed: data configs refer to it; nothing that is measured depends on it.
        decision: which class is predicted, given the distribution; None for that of the training.
    """

    checkpoint: str | None
    split: Split
    output: str | None = None
    device: Literal["cpu", "cuda"] = "cpu"
    threads: Threads = 1
    seed: NonNegativeInt = 0
    decision: Decision | None = None

    @property
    def path(self) -> Path:
        """Return the checkpoint; refuse one that is not there."""
        return Path(refuse_missing(self.checkpoint))


@dataclass(frozen=True)
class EvaluationOptions(CheckpointOptions):
    """The options of `conf/evaluate.yaml`, `data` aside.

    Args:
        figures: a folder for pictures; None for none.
        figures_format: of these pictures; None for svg.
    """

    figures: str | None = None
    figures_format: Literal["svg", "pdf", "png"] | None = None

    def refuse_figures(self) -> None:
        """Refuse a folder for pictures that is a file, and a format of no pictures."""
        refuse_output_folder(self.figures, "figures")
        if self.figures is None and self.figures_format is not None:
            raise InputError(
                f"figures_format: {self.figures_format!r} is the format of figures, and there are"
                " none; give figures=<folder> as well"
            )


def refuse_missing(checkpoint: str | None) -> str:
    """Return the checkpoint; refuse one that is not there before torch is imported to read it."""
    if not checkpoint:  # a shell variable that is not set is empty
        raise InputError(
            "checkpoint: is not given; give a run folder, a sweep folder or a .ckpt file"
        )
    try:
        Path(os.path.expanduser(checkpoint)).stat()  # noqa: PTH111  a home that is not known stays
    except FileNotFoundError:
        raise InputError(f"checkpoint: {checkpoint!r} does not exist") from None
    except (OSError, ValueError):  # reading it will say why
        pass
    return checkpoint


def refuse_broken(text: str) -> None:
    """Refuse a text that a terminal handed on in another encoding."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InputError("text: holds bytes that are not UTF-8") from None


def refuse_output(output: str | None, suffixes: Sequence[str], key: str = "output") -> None:
    """Refuse a file to write that has another suffix, or whose folder is not there.

    Args:
        output: the file; None for none.
        suffixes: that are allowed.
        key: the option that names it.
    """
    if output is None:
        return
    if Path(output).suffix not in suffixes or Path(output).is_dir():
        *first, last = suffixes
        allowed = f"{', '.join(first)} or {last}" if first else last
        raise InputError(f"{key}: {output!r} is not allowed; allowed: a {allowed} file")
    if not Path(output).parent.is_dir():
        raise InputError(f"{key}: the folder of {output!r} does not exist")


def refuse_same_file(output: str | None, source: str | None, key: str = "output") -> None:
    """Refuse to write over what is read.

    Args:
        output: the file to write; None for none.
        source: the file that is read, or whatever else a source may be.
        key: the option that names the output.
    """
    if output is not None and source is not None and _is_same_file(output, source):
        raise InputError(f"{key}: {output!r} is the input; give another file")


def _is_same_file(one: str, other: str) -> bool:
    try:
        return Path(one).samefile(other)
    except (OSError, ValueError):  # one of them is not there; opening it will tell
        return False


def refuse_output_folder(output: str | None, key: str = "output") -> None:
    """Refuse a folder to write to that is a file."""
    if output is not None and Path(output).exists() and not Path(output).is_dir():
        raise InputError(f"{key}: {output!r} is a file; allowed: a folder")
