"""The options of the commands that use a checkpoint, and their checks that need no torch."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from reviewlab.exceptions import InputError
from reviewlab.ranges import NonNegativeInt, Threads

Split = Literal["train", "validation", "test"]

Decision = Literal["mode", "median", "mean"]
"""The decision rules; the same as in `reviewlab.nn.objectives`, which imports torch."""


@dataclass(frozen=True)
class CheckpointOptions:
    """The options shared by `conf/evaluate.yaml` and `conf/errors.yaml`, except `data`.

    Attributes:
        checkpoint: a .ckpt file; None if it is not given.
        split: the split to measure.
        output: a json file for the numbers, or a folder for tables; None writes nothing.
        device: the device that the classifier runs on.
        threads: number of CPU threads.
        seed: the seed that data configs refer to; no measurement depends on it.
        decision: the rule that chooses a class from the predicted distribution; None keeps the rule
            used in training.
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
        """The path of the checkpoint; raises InputError if it does not exist."""
        return Path(refuse_missing(self.checkpoint))


@dataclass(frozen=True)
class EvaluationOptions(CheckpointOptions):
    """The options of `conf/evaluate.yaml`, except `data`.

    Attributes:
        figures: a folder for figures; None draws no figures.
        figures_format: the figures' file format; None for svg.
    """

    figures: str | None = None
    figures_format: Literal["svg", "pdf", "png"] | None = None

    def refuse_figures(self) -> None:
        """Raise InputError if `figures` is a file, or `figures_format` is given without it."""
        refuse_output_folder(self.figures, "figures")
        if self.figures is None and self.figures_format is not None:
            raise InputError(
                f"figures_format: {self.figures_format!r} is not allowed without figures; give"
                " figures=<folder> as well"
            )


def refuse_missing(checkpoint: str | None) -> str:
    """Return `checkpoint`; raise InputError if it is not given or does not exist.

    This does not import torch, so that a mistake is reported at once.
    """
    if not checkpoint:  # an unset shell variable gives an empty string
        raise InputError("checkpoint: missing; give a run folder, a sweep folder or a .ckpt file")
    try:
        Path(os.path.expanduser(checkpoint)).stat()  # noqa: PTH111  keeps `~` of an unknown user
    except FileNotFoundError:
        raise InputError(f"checkpoint: {checkpoint!r} does not exist") from None
    except (OSError, ValueError):  # reading it will report why
        pass
    return checkpoint


def refuse_broken(text: str) -> None:
    """Raise InputError if the terminal passed `text` in an encoding other than UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InputError("text: contains bytes that are not UTF-8") from None


def refuse_output(output: str | None, suffixes: Sequence[str], key: str = "output") -> None:
    """Raise InputError if an output file has a wrong suffix, or its folder does not exist.

    Args:
        output: the file to write; None if there is none.
        suffixes: the allowed suffixes.
        key: the option that names the file.
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
    """Raise InputError if the output would overwrite the input.

    Args:
        output: the file to write; None if there is none.
        source: the input, which need not be a file; None if there is none.
        key: the option that names the output.
    """
    if output is not None and source is not None and _is_same_file(output, source):
        raise InputError(f"{key}: {output!r} is the input; give another file")


def _is_same_file(one: str, other: str) -> bool:
    try:
        return Path(one).samefile(other)
    except (OSError, ValueError):  # one does not exist; opening it will report that
        return False


def refuse_output_folder(output: str | None, key: str = "output") -> None:
    """Raise InputError if the output folder is a file."""
    if output is not None and Path(output).exists() and not Path(output).is_dir():
        raise InputError(f"{key}: {output!r} is a file; allowed: a folder")
