"""The folder of one run: its layout and its files."""

import os
import time
from contextlib import AbstractContextManager
from pathlib import Path

from reviewlab.exceptions import InputError
from reviewlab.runs.files import make_new_folder
from reviewlab.runs.identity import Config, with_added
from reviewlab.runs.lock import Layout, alone_in
from reviewlab.runs.yaml_file import read_yaml, write_yaml

MEMBERS = "members.json"
"""The file in an ensemble's folder that lists the runs it is made of."""

TEXT_ENCODER = "text_encoder.json"
"""The file, in a folder that `reviewlab export` wrote, with the classifier's text encoder."""

NGRAM_BASELINE = "ngram_baseline.json"
"""The file, in the folder of a sweep's run, with an n-gram model's metrics on the same split."""


RUN_LAYOUT = Layout(
    (
        *("config.yaml", "status.json", "result.json", "provenance.json", "train.log", ".lock"),
        *("checkpoints/last.ckpt", "checkpoints/best.ckpt", "validation.npz"),
        *("validation_reviews.npz", "rank_error.txt", NGRAM_BASELINE, "trial.json"),
    ),
    ("checkpoints",),
)


class RunFolder:
    """The folder of one run, with the paths of its files.

    Attributes:
        path: the folder, absolute.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()

    @classmethod
    def claim(cls, parent: Path, name: str) -> "RunFolder":
        """Create `<parent>/<time>-<name>`, with `-2`, `-3`, ... appended if that exists."""
        stem = f"{time.strftime('%Y-%m-%d_%H-%M-%S')}-{name}"
        return cls(make_new_folder(parent / stem))

    @classmethod
    def open(cls, path: Path, key: str = "resume") -> "RunFolder":
        """Open the folder of an existing run.

        Args:
            path: the folder.
            key: the option that named the folder, for messages.

        Raises:
            InputError: `path` is not the folder of a run that can be trained.
        """
        if path.suffix == ".ckpt" and (path.parent.parent / "config.yaml").is_file():
            raise InputError(
                f"{key}: {str(path)!r} is a checkpoint of a run; allowed: the run's folder, "
                f"{key}={path.parent.parent}"
            )
        if not (path / "config.yaml").is_file():
            raise InputError(f"{key}: {str(path)!r} is not a run folder: it has no config.yaml")
        if is_ensemble(path):
            raise InputError(f"{key}: {str(path)!r} is an ensemble, which cannot be trained")
        return cls(path)

    def held(self) -> AbstractContextManager[None]:
        """Return a context manager that locks the folder for training.

        Raises:
            InUseError: another process holds the lock; the message names it.
            InputError: something in the folder is of the wrong kind.
        """
        return alone_in(self.path, RUN_LAYOUT, f"resume: {str(self.path)!r} is being trained by")

    def has_begun(self) -> bool:
        """Return True if a run has begun here, which can be resumed."""
        return (self.path / "status.json").exists()

    @property
    def checkpoints(self) -> Path:
        """The folder of `best.ckpt` and `last.ckpt`."""
        return self.path / "checkpoints"

    @property
    def last_checkpoint(self) -> Path:
        """The checkpoint that a resumed run starts from."""
        return self.checkpoints / "last.ckpt"

    @property
    def best_checkpoint(self) -> Path:
        """The checkpoint of the epoch that `monitor` selected."""
        return self.checkpoints / "best.ckpt"

    @property
    def log(self) -> Path:
        """The file of log messages."""
        return self.path / "train.log"

    @property
    def rank_error(self) -> Path:
        """The file with a failed rank's error; the first rank only sees that the rank has ended."""
        return self.path / "rank_error.txt"

    def shared_in(self, outputs: Path) -> Path | None:
        """Return the folder for files that are shared by all runs on the same split.

        It is None if this run's folder is not in `outputs`.
        """
        parent = outputs.resolve()
        return parent / "splits" if self.path.is_relative_to(parent) else None

    def read_config(self) -> Config:
        """Read the resolved config, and add the keys that later versions have introduced.

        Raises:
            OSError: the file cannot be read.
            ValueError: it is damaged, or its content is not like a config.
        """
        config = read_yaml(self.path / "config.yaml")
        if not isinstance(config, dict):
            raise ValueError("it is not a mapping of keys")
        return with_added(config)

    def write_config(self, config: Config) -> None:
        """Write the resolved config."""
        write_yaml(self.path / "config.yaml", config)


def is_ensemble(folder: Path) -> bool:
    """Return True for the folder of an ensemble, which is read like a run but never trained."""
    return (folder / MEMBERS).is_file()


def is_exported(folder: Path) -> bool:
    """Return True for an exported classifier, which is loaded like a checkpoint."""
    return os.path.isfile(folder / TEXT_ENCODER)  # noqa: PTH113  False for a path that is too long
