"""The Optuna study of a search: its journal, sampler and pruner."""

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
"""Successive halving continues one in this many trials."""

STARTUP_TRIALS = 5
"""Trials that have to be complete before their median means anything."""

optuna.logging.set_verbosity(optuna.logging.ERROR)


class _Lock(JournalFileOpenLock):
    """Lets one process at a time write a journal, and cuts off an incomplete last line.

    A full disk or a SIGKILL leaves such a line, and appending to it would make the journal
    unreadable for good. The system releases this lock when its holder dies; Optuna's own lock would
    stay, and everyone would wait for it.
    """

    def __init__(self, journal: Path) -> None:
        self._journal = journal
        self._own = FileLock(f"{journal}.lock")

    def acquire(self) -> bool:
        """Wait for the lock, then remove an incomplete last line."""
        self._own.acquire()
        with self._journal.open("rb+") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(size - 1, 0))
            if file.read(1) not in (b"", b"\n"):
                file.truncate(self._journal.read_bytes().rfind(b"\n") + 1)
        return True

    def release(self) -> None:
        """Release the lock."""
        self._own.release()


def open_storage(journal: Path) -> BaseStorage:
    """Open the journal, creating it if there is none.

    Raises:
        InputError: the journal cannot be read.
    """
    try:
        return JournalStorage(JournalFileBackend(str(journal), _Lock(journal)))
    except (ValueError, KeyError) as error:
        raise InputError(
            f"sweep.name: the journal {str(journal)!r} of this search cannot be read ({error}); "
            f"choose another name"
        ) from error


def open_study(storage: BaseStorage, objectives: Mapping[str, str]) -> Study:
    """Load the study from a journal, creating it if there is none."""
    return optuna.create_study(
        study_name=NAME,
        storage=storage,
        directions=[DIRECTIONS[mode] for mode in objectives.values()],
        load_if_exists=True,
    )


def trial_again(study: Study, storage: BaseStorage, number: int) -> Trial:
    """Return a trial that the study has handed out before, to continue it.

    Args:
        study: the study of the search.
        storage: the study's journal.
        number: the number of the trial.
    """
    study_id = storage.get_study_id_from_name(NAME)
    return Trial(study, storage.get_trial_id_from_study_id_trial_number(study_id, number))


def sampler(settings: SearchSettings, seed: int, number: int) -> BaseSampler:
    """Make the sampler that draws trial `number`.

    Each trial has its own, whose draws depend on the seed, the number and the trials before it
    alone. So a continued search repeats no points and equals one that was never interrupted.

    Args:
        settings: the settings of the search.
        seed: the seed of the search.
        number: the number of the trial.
    """
    trial_seed = number_from(f"{seed}/{number}")
    if settings.sampler == "random":
        return RandomSampler(seed=trial_seed)
    return TPESampler(n_startup_trials=settings.n_startup_trials, seed=trial_seed)


def pruner(kind: str | None, min_epochs: int) -> BasePruner:
    """Make the pruner that stops trials; its steps are trained epochs."""
    if kind == "median":
        return MedianPruner(n_startup_trials=STARTUP_TRIALS, n_warmup_steps=min_epochs)
    if kind == "successive_halving":
        return SuccessiveHalvingPruner(min_resource=min_epochs, reduction_factor=REDUCTION_FACTOR)
    return NopPruner()
