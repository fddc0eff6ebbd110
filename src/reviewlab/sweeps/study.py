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
"""Number of trials that must be complete before a trial is compared with their median."""

optuna.logging.set_verbosity(optuna.logging.ERROR)


class _Lock(JournalFileOpenLock):
    """Lets one process at a time write a journal, and cuts off an incomplete last line.

    A full disk or a SIGKILL can leave such a line, and appending to it would make the journal
    unreadable for good. The system releases this lock when its holder dies. Optuna's own lock would
    remain, and every other process would wait for it.
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
    """Load the search's study, creating it if there is none.

    Args:
        storage: the journal that holds the study.
        objectives: the metrics that trials are compared by, each mapped to min or max.
    """
    return optuna.create_study(
        study_name=NAME,
        storage=storage,
        directions=[DIRECTIONS[mode] for mode in objectives.values()],
        load_if_exists=True,
    )


def trial_again(study: Study, storage: BaseStorage, number: int) -> Trial:
    """Return a trial that the study has already created, to continue it.

    Args:
        study: the search's study.
        storage: the journal that holds the study.
        number: the trial's number.
    """
    study_id = storage.get_study_id_from_name(NAME)
    return Trial(study, storage.get_trial_id_from_study_id_trial_number(study_id, number))


def sampler(settings: SearchSettings, seed: int, number: int) -> BaseSampler:
    """Make the sampler that draws trial `number`.

    Each trial has its own sampler, whose draws depend only on the seed, the trial's number and the
    earlier trials. So a continued search repeats no points and draws what it would have drawn
    without the interruption.

    Args:
        settings: the search's settings.
        seed: the search's seed.
        number: the trial's number.
    """
    trial_seed = number_from(f"{seed}/{number}")
    if settings.sampler == "random":
        return RandomSampler(seed=trial_seed)
    return TPESampler(n_startup_trials=settings.n_startup_trials, seed=trial_seed)


def pruner(kind: str | None, min_epochs: int) -> BasePruner:
    """Make a pruner of this kind; if `kind` is None, a pruner that never stops a trial.

    The pruner counts a trial's epochs as its steps.
    """
    if kind == "median":
        return MedianPruner(n_startup_trials=STARTUP_TRIALS, n_warmup_steps=min_epochs)
    if kind == "successive_halving":
        return SuccessiveHalvingPruner(min_resource=min_epochs, reduction_factor=REDUCTION_FACTOR)
    return NopPruner()
