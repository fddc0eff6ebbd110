"""Read the trials of an Optuna study from its SQLite file, which is never written."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reviewlab.data.tables import Source, WholeTable
from reviewlab.exceptions import InputError, did_you_mean, first_line
from reviewlab.judging.run_table import RunTable
from reviewlab.judging.table_file import KEY

if TYPE_CHECKING:
    from optuna.storages import RDBStorage
    from optuna.study import Study
    from optuna.trial import FrozenTrial

URL = "sqlite:///"
SUFFIXES = (".db", ".sqlite", ".sqlite3")
MAGIC = b"SQLite format 3\0"

ALSO = {"state": "trial.state", "time": "trial.ended", "seconds": "trial.seconds"}
"""Maps options to the columns that every study has."""


def is_study(path: str) -> bool:
    """Tell by its name, or else by its first bytes, whether a file is a SQLite database."""
    if path.startswith(URL) or Path(path).suffix.lower() in SUFFIXES:
        return True
    try:
        with Path(path).open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError:
        return False


def read_study(path: str, name: str | None) -> RunTable:
    """Read the trials of a study, with parameters, user attributes and objectives as columns.

    Args:
        path: the file, or its URL.
        name: name of the study; None if the file has only one.

    Raises:
        InputError: the file is no database of Optuna's, or has no such study or no trials.
    """
    source = Source(path.removeprefix(URL), KEY, "trial")
    with _open(source) as storage:
        study = _load(source, storage, name)
        trials, modes = study.get_trials(deepcopy=False), _modes(study)
    if not trials:
        source.refuse(f"has no trials in its study {study.study_name!r}")
    return _as_table(source, trials, modes)


@contextmanager
def _open(source: Source) -> "Iterator[RDBStorage]":
    """Open the database for reading alone: Optuna would create its tables in an empty one."""
    import optuna  # takes half a second
    from optuna.exceptions import OptunaError
    from sqlalchemy.exc import SQLAlchemyError

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    with source.open() as file:
        if file.read(len(MAGIC)) != MAGIC:
            source.refuse("is not a SQLite database; give the file of an Optuna study, or a table")
    uri = f"{Path(source.name).absolute().as_uri()}?mode=ro"
    storage = None
    try:
        storage = optuna.storages.RDBStorage(
            URL,
            {"creator": lambda: sqlite3.connect(uri, uri=True, check_same_thread=False)},
            skip_table_creation=True,
        )
        yield storage
    except (OptunaError, SQLAlchemyError, RuntimeError, AssertionError) as error:
        why = first_line(error.__cause__ or error)  # for another version, Optuna names the remedy
        source.refuse(f"cannot be read as an Optuna study: {why}")
    finally:
        if storage is not None:
            storage.engine.dispose()


def _load(source: Source, storage: "RDBStorage", name: str | None) -> "Study":
    import optuna

    names = optuna.get_all_study_names(storage)
    if not names:
        source.refuse("has no studies")
    if name is None and len(names) > 1:
        raise InputError(f"study: missing; {source.name!r} has several: {', '.join(names)}")
    if name is not None and name not in names:
        hint = did_you_mean(name, names) or ";"
        raise InputError(
            f"study: {source.name!r} has no study {name!r}{hint} allowed: {', '.join(names)}"
        )
    return optuna.load_study(study_name=name or names[0], storage=storage)


def _modes(study: "Study") -> dict[str, str]:
    """Map the name of each objective to `min` or `max`; without names, use Optuna's own."""
    modes = [direction.name[:3].lower() for direction in study.directions]
    numbered = ["value"] if len(modes) == 1 else [f"values_{i}" for i in range(len(modes))]
    return dict(zip(study.metric_names or numbered, modes, strict=True))


def _as_table(
    source: Source, trials: "Sequence[FrozenTrial]", modes: Mapping[str, str]
) -> RunTable:
    """Arrange trials as a table.

    Args:
        source: the file.
        trials: the trials.
        modes: the objectives, each mapped to `min` or `max`.
    """
    params = [*dict.fromkeys(name for trial in trials for name in trial.params)]
    attributes = [*dict.fromkeys(name for trial in trials for name in trial.user_attrs)]
    for name in params:
        if name in modes:
            source.refuse(f"has both a parameter and an objective named {name!r}")
    columns: dict[str, list[Any]] = {
        **{name: [trial.user_attrs.get(name) for trial in trials] for name in attributes},
        **{name: [_setting(trial, name) for trial in trials] for name in params},
        **{
            name: [None if trial.values is None else trial.values[i] for trial in trials]
            for i, name in enumerate(modes)
        },
        ALSO["state"]: [trial.state.name for trial in trials],
        ALSO["time"]: [trial.datetime_complete for trial in trials],
        ALSO["seconds"]: [_seconds(trial) for trial in trials],
    }
    cells = WholeTable(columns, [trial.number for trial in trials], [], source)
    return RunTable(cells, tuple(params), modes, ALSO)


def _setting(trial: "FrozenTrial", name: str) -> Any:
    """Return a parameter; None that was chosen differs from a parameter that was not drawn."""
    value = trial.params.get(name)
    return "null" if value is None and name in trial.params else value


def _seconds(trial: "FrozenTrial") -> float | None:
    return None if trial.duration is None else trial.duration.total_seconds()
