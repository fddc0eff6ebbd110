"""The study of a search, as Optuna has it: its journal, its sampler and its pruner."""

import os
from collections.abc import Mapping
from pathlib import Path

import optuna
from filelock import FileLock
from optuna.pruners import BasePruner, MedianPruner, NopPruner, SuccessiveHalvingPruner
from optuna.samplers import BaseSampler, RandomSampler, TPESampler
from optuna.storages import BaseStorage, JournalStorage
from optuna.storages.journal import JournalFileBackend, JournalFileOpenLock
from optuna.study import Study, StudyDirection
from optuna.trial import Trial

from reviewlab.exceptions import InputError
from reviewlab.sweeps.settings import SearchSettings
from reviewlab.sweeps.space import number_from

JOURNAL = "study.journal"
NAME = "search"
DIRECTIONS = {"min": StudyDirection.MINIMIZE, "max": StudyDirection.MAXIMIZE}
REDUCTION_FACTOR = 3
"""Successive halving lets one in so many trials go on."""

STARTUP_TRIALS = 5
"""That have to be complete before the median of them means anything."""

optuna.logging.set_verbosity(optuna.logging.ERROR)


class _Lock(JournalFileOpenLock):
    """Lets one process at a time write a journal, and cuts off half a line that it finds there.

    A full disk or a SIGKILL leaves one, and the next line would make it unreadable for good. The
    system lets go of this lock when its holder dies; Optuna's own would be waited for.
    """

    def __init__(self, journal: Path) -> None:
        self._journal = journal
        self._own = FileLock(f"{journal}.lock")

    def acquire(self) -> bool:
        """Wait until nobody else writes."""
        self._own.acquire()
        with self._journal.open("rb+") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(size - 1, 0))
            if file.read(1) not in (b"", b"\n"):
                file.truncate(self._journal.read_bytes().rfind(b"\n") + 1)
        return True

    def release(self) -> None:
        """Let others write."""
        self._own.release()


def open_storage(journal: Path) -> BaseStorage:
    """The journal, made where there is none.

    Raises: InputError when it cannot be read.
    """
    try:
        return JournalStorage(JournalFileBackend(str(journal), _Lock(journal)))
    except (ValueError, KeyError) as error:
        raise InputError(
            f"sweep.name: {str(journal)!r} cannot be read ({error}); allowed: another name"
        ) from error


def open_study(storage: BaseStorage, objectives: Mapping[str, str]) -> Study:
    """The study that a journal holds, begun where there is none."""
    return optuna.create_study(
        study_name=NAME,
        storage=storage,
        directions=[DIRECTIONS[mode] for mode in objectives.values()],
        load_if_exists=True,
    )


def trial_again(study: Study, storage: BaseStorage, number: int) -> Trial:
    """A trial that was asked for before, to go on with."""
    of_study = storage.get_study_id_from_name(NAME)
    return Trial(study, storage.get_trial_id_from_study_id_trial_number(of_study, number))


def sampler(settings: SearchSettings, seed: int, number: int) -> BaseSampler:
    """Make the sampler that draws trial `number`.

    One for each trial: what it draws follows from the seed, the number and the trials before it, so
    that a search that goes on neither repeats points nor differs from one never interrupted.
    """
    drawn = number_from(f"{seed}/{number}")
    if settings.sampler == "random":
        return RandomSampler(seed=drawn)
    return TPESampler(n_startup_trials=settings.n_startup_trials, seed=drawn)


def pruner(kind: str | None, min_epochs: int) -> BasePruner:
    """Make the pruner that stops trials; its steps are epochs that have been trained."""
    if kind == "median":
        return MedianPruner(n_startup_trials=STARTUP_TRIALS, n_warmup_steps=min_epochs)
    if kind == "successive_halving":
        return SuccessiveHalvingPruner(min_resource=min_epochs, reduction_factor=REDUCTION_FACTOR)
    return NopPruner()
