"""The trials of an Optuna study are runs, and its file is never changed."""

import sqlite3
from pathlib import Path

import optuna
import pytest
from optuna.trial import TrialState, create_trial

from reviewlab.exceptions import InputError
from reviewlab.judging.optuna_study import is_study, read_study
from reviewlab.judging.rows import read_rows
from reviewlab.judging.run_table import Columns

SPACE = {
    "lr": optuna.distributions.FloatDistribution(1e-4, 1.0, log=True),
    "model": optuna.distributions.CategoricalDistribution(["lstm", "mlp", None]),
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A study with complete, pruned, failed and waiting trials."""
    path = tmp_path / "study {a} %b.db"
    made = fill(path, "first", ["maximize"])
    for number, state in enumerate(("COMPLETE", "COMPLETE", "PRUNED", "FAIL")):
        made.add_trial(
            create_trial(
                state=TrialState[state],
                value=0.5 + number / 10 if state != "FAIL" else None,
                params={"lr": 0.01, "model": ("lstm", "mlp", None)[number % 3]},
                distributions=SPACE,
                user_attrs={"seed": 7, "size": 2.0 - number},
            )
        )
    made.enqueue_trial({"lr": 0.1})
    close(made)
    return path


def fill(path: Path, name: str, directions: list[str]) -> optuna.Study:
    def connect() -> sqlite3.Connection:
        return sqlite3.connect(path)

    storage = optuna.storages.RDBStorage("sqlite://", {"creator": connect})
    return optuna.create_study(storage=storage, study_name=name, directions=directions)


def close(study: optuna.Study) -> None:
    study._storage._backend.engine.dispose()


def test_every_trial_is_a_run_in_its_state(path: Path) -> None:
    before = path.read_bytes(), path.stat().st_mtime_ns
    table = read_study(str(path), None)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    assert (table.group, table.modes) == (("lr", "model"), {"value": "max"})
    runs = read_rows(table, Columns("value", table.group, seed="seed", **table.also))
    assert [(row.state, row.value) for row in runs.rows] == [
        *(("done", 0.5), ("done", 0.6)),
        *(("pruned", None), ("failed", None), ("queued", None)),
    ]
    assert [row.settings for row in runs.rows[:3]] == [
        {"lr": 0.01, "model": "lstm"},
        {"lr": 0.01, "model": "mlp"},
        {"lr": 0.01, "model": "null"},
    ]
    assert [row.folder.name for row in runs.rows[:2]] == [f"{path.name}:0", f"{path.name}:1"]


def test_a_number_of_the_user_can_rank(path: Path) -> None:
    table = read_study(f"sqlite:///{path}", "first")
    runs = read_rows(table, Columns("size", ("model",), **table.also))
    assert [row.value for row in runs.rows[:2]] == [2.0, 1.0]


def test_a_value_that_is_no_number_is_refused_with_its_trial(path: Path) -> None:
    columns = Columns("model", ("lr",))
    with pytest.raises(InputError, match="trial 0: model is 'lstm'; allowed: a number"):
        read_rows(read_study(str(path), None), columns)


def test_the_objectives_of_a_study_keep_their_names(path: Path) -> None:
    close(fill(path, "two", ["minimize", "maximize"]))
    with pytest.raises(InputError, match=r"study: missing; .* has several: first, two"):
        read_study(str(path), None)
    with pytest.raises(InputError, match="no study 'frist'; did you mean 'first'"):
        read_study(str(path), "frist")
    with pytest.raises(InputError, match="has no trials in its study 'two'"):
        read_study(str(path), "two")
    study = fill(path, "three", ["minimize", "maximize"])
    study.add_trial(create_trial(values=[0.1, 0.9], params={}, distributions={}))
    close(study)
    assert read_study(str(path), "three").modes == {"values_0": "min", "values_1": "max"}


def test_other_files_are_refused_and_left_alone(tmp_path: Path) -> None:
    text = tmp_path / "text.db"
    text.write_text("model,accuracy\n", encoding="utf-8")
    other = tmp_path / "other.sqlite"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE runs (accuracy REAL)")
    connection.close()
    before = other.read_bytes()
    with pytest.raises(InputError, match="is not a SQLite database"):
        read_study(str(text), None)
    with pytest.raises(InputError, match="cannot be read as an Optuna study"):
        read_study(str(other), None)
    with pytest.raises(InputError, match="does not exist"):
        read_study(str(tmp_path / "missing.db"), None)
    assert other.read_bytes() == before
    assert not (tmp_path / "missing.db").exists()


def test_an_older_schema_is_refused_and_not_upgraded(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'v2.6.0.a'")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(InputError, match=r"cannot be read as an Optuna study: .*upgrad"):
        read_study(str(path), None)
    assert path.read_bytes() == before


def test_a_study_is_recognised_by_name_or_content(path: Path, tmp_path: Path) -> None:
    path.rename(tmp_path / "study")
    assert is_study(str(tmp_path / "study"))
    assert is_study("x.db")
    assert is_study("sqlite:///x")
    assert not is_study(str(tmp_path / "runs.csv"))
