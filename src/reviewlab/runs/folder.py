"""The folder of one run: its layout, and the lock that keeps other processes out."""

import os
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple, Protocol

from reviewlab.exceptions import InputError
from reviewlab.runs.atomic import remove_leftovers
from reviewlab.runs.files import make_new_folder
from reviewlab.runs.identity import Config, with_added
from reviewlab.runs.yaml_file import read_yaml, write_yaml

MEMBERS = "members.json"
"""The file in an ensemble's folder that lists the runs it is made of."""

TEXT_ENCODER = "text_encoder.json"
"""The file, in a folder that `reviewlab export` wrote, with the classifier's text encoder."""

NGRAM_BASELINE = "ngram_baseline.json"
"""The file, in the folder of a sweep's run, with an n-gram model's metrics on the same split."""


class Layout(NamedTuple):
    """The files and folders that a run or a sweep writes, by their paths in its folder."""

    files: tuple[str, ...]
    folders: tuple[str, ...]


class InUseError(InputError):
    """Another process has locked the folder."""


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


class Lockable(Protocol):
    """The folder of a run or a sweep."""

    path: Path

    def held(self) -> AbstractContextManager[None]:
        """Return a context manager that locks the folder."""


@contextmanager
def removed_unless(begun: Callable[[], bool], folder: Lockable) -> Iterator[None]:
    """Lock a folder for the `with` block, and remove it afterwards if nothing has begun there.

    Args:
        begun: function that returns False as long as the folder has nothing worth keeping.
        folder: the folder.
    """
    try:
        with folder.held():
            try:
                yield
            finally:
                if not begun():
                    shutil.rmtree(folder.path, ignore_errors=True)
    except OSError:  # also if not even the lock could be written
        if not begun():
            shutil.rmtree(folder.path, ignore_errors=True)
        raise


def refuse_wrong_kinds(folder: Path, layout: Layout) -> None:
    """Refuse a folder in which a file is in the place of a folder, or a folder in a file's.

    Args:
        folder: the folder of a run or a sweep.
        layout: what is written there.

    Raises:
        InputError: something is of the wrong kind; the message names it.
    """
    wrong = [folder / name for name in layout.files if (folder / name).is_dir()]
    if wrong:
        raise InputError(f"{str(wrong[0])!r} is a folder; allowed: a file; move it away")
    places = [folder / name for name in layout.folders]
    wrong = [path for path in places if path.exists() and not path.is_dir()]
    if wrong:
        raise InputError(f"{str(wrong[0])!r} is a file; allowed: a folder; move it away")


@contextmanager
def alone_in(folder: Path, layout: Layout, refusal: str) -> Iterator[None]:
    """Lock `folder` against other processes within the `with` block.

    The system releases the lock when the process ends, even if it is killed; what it was writing
    then is removed here. The file `.lock` stays: if it were deleted, two processes could lock two
    different files of that name.

    Args:
        folder: the folder to lock.
        layout: what is written there.
        refusal: beginning of the message, to be followed by the process that holds the lock.

    Raises:
        InUseError: another process holds the lock.
        InputError: something in the folder is of the wrong kind.
    """
    from filelock import FileLock, Timeout  # takes 20 ms, which reading a folder does not need

    refuse_wrong_kinds(folder, layout)
    path = folder / ".lock"
    lock = FileLock(path, blocking=False)
    try:
        lock.acquire()
    except Timeout:
        holder = path.read_text(encoding="utf-8").strip() or "another process"
        raise InUseError(f"{refusal} {holder}; wait until it has ended, or stop it") from None
    try:
        remove_leftovers(folder)
        with suppress(OSError):  # it only tells others who holds the lock
            path.write_text(f"process {os.getpid()} on {socket.gethostname()}\n", encoding="utf-8")
        yield
    finally:
        lock.release()


def is_locked(folder: Path) -> bool:
    """Return True if a process holds the lock of `alone_in`, or if this cannot be found out."""
    try:
        import fcntl  # Windows has none
    except ImportError:
        return True
    try:
        file = os.open(folder / ".lock", os.O_RDONLY)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)  # unlike FileLock, this writes nothing
    except OSError:
        return True
    finally:
        os.close(file)
    return False
