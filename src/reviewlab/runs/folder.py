"""The folder of one run: claimed by one process alone, and always laid out the same way."""

import os
import socket
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import yaml

from reviewlab.exceptions import InputError
from reviewlab.runs.files import write_text
from reviewlab.runs.identity import Config, with_added

# libyaml is ten times as fast, and a sweep reads and writes a config for every job.
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

MEMBERS = "members.json"
"""In the folder of an ensemble: the runs that it was made of."""


NGRAM_BASELINE = "ngram_baseline.json"
"""The file in a sweep's run with the metrics of a linear model on n-grams on the same split."""


class RunFolder:
    """The folder of one run, with everything that is known of it.

    path: the folder, absolute.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()

    @classmethod
    def claim(cls, parent: Path, name: str) -> "RunFolder":
        """Make `<parent>/<time>-<name>`, with `-2`, `-3`, ... behind it where that is taken.

        `mkdir` fails when the folder is there, so that two runs of one second never share one.
        """
        parent.mkdir(parents=True, exist_ok=True)
        stem = f"{time.strftime('%Y-%m-%d_%H-%M-%S')}-{name}"
        for candidate in [stem, *(f"{stem}-{number}" for number in range(2, 10_000))]:
            try:
                (parent / candidate).mkdir()
            except FileExistsError:
                continue
            return cls(parent / candidate)
        raise FileExistsError(f"{parent / stem} and 9,998 more like it are taken")

    @classmethod
    def open(cls, path: Path, key: str = "resume") -> "RunFolder":
        """Open the folder of a run that has been started before.

        Args:
            path: the folder.
            key: the option that named it.

        Raises:
            InputError: it is no run folder.
        """
        if path.suffix == ".ckpt" and (path.parent.parent / "config.yaml").is_file():
            raise InputError(
                f"{key}: {str(path)!r} is a checkpoint of a run; allowed: the folder of the run, "
                f"{key}={path.parent.parent}"
            )
        if not (path / "config.yaml").is_file():
            raise InputError(f"{key}: {str(path)!r} is not a run folder: it has no config.yaml")
        if is_ensemble(path):
            raise InputError(f"{key}: {str(path)!r} is an ensemble, which is not trained")
        return cls(path)

    def held(self) -> AbstractContextManager[None]:
        """Train here alone while the block lasts; an InputError says who does already."""
        return alone_in(self.path, f"resume: {str(self.path)!r} is being trained by")

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
        """The epoch that `monitor` chose."""
        return self.checkpoints / "best.ckpt"

    @property
    def log(self) -> Path:
        """The file of log messages."""
        return self.path / "train.log"

    @property
    def rank_error(self) -> Path:
        """The error of another rank than the first, which itself only notices that it is gone."""
        return self.path / "rank_error.txt"

    def shared_in(self, outputs: Path) -> Path | None:
        """Return the folder for what runs of one split share; None for a folder elsewhere."""
        parent = outputs.resolve()
        return parent / "splits" if self.path.is_relative_to(parent) else None

    def read_config(self) -> Config:
        """Return the resolved config of the run, with the keys that later versions have added."""
        text = (self.path / "config.yaml").read_text(encoding="utf-8")
        config: Config = yaml.load(text, Loader)  # noqa: S506  a safe one
        return with_added(config) if isinstance(config, dict) else config

    def write_config(self, config: Config) -> None:
        """Keep the resolved config."""
        text = yaml.dump(config, Dumper=Dumper, sort_keys=False, allow_unicode=True)
        write_text(self.path / "config.yaml", text)


def is_ensemble(folder: Path) -> bool:
    """Tell whether a folder is that of an ensemble, which is read like a run but was not one."""
    return (folder / MEMBERS).is_file()


@contextmanager
def alone_in(folder: Path, refusal: str) -> Iterator[None]:
    """Keep every other process out of `folder` while the block lasts.

    The system lets go of the lock when the process ends, however it does. `.lock` stays: were it
    deleted, two processes could hold two files of that name.

    Args:
        folder: that one process is to have for itself.
        refusal: how the line begins that names the process which holds it already.

    Raises:
        InputError: another process holds it.
    """
    from filelock import FileLock, Timeout  # 20 ms that a reader of the folder need not pay

    path = folder / ".lock"
    lock = FileLock(path, blocking=False)
    try:
        lock.acquire()
    except Timeout:
        holder = path.read_text(encoding="utf-8").strip() or "another process"
        raise InputError(
            f"{refusal} {holder}; allowed: wait until it has ended, or stop it"
        ) from None
    try:
        path.write_text(f"process {os.getpid()} on {socket.gethostname()}\n", encoding="utf-8")
        yield
    finally:
        lock.release()
