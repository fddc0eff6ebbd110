"""The settings that may change when a run is repeated."""

from pathlib import Path

import pytest

from reviewlab.config.check import check_config
from reviewlab.config.compose import compose_config
from reviewlab.exceptions import InputError
from reviewlab.running.rerun import rerun_config, rerun_overrides
from reviewlab.runs.files import write_json
from reviewlab.runs.folder import RunFolder


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    """A run folder whose config has a reference to each possible key."""
    made = RunFolder(tmp_path)
    made.write_config(compose_config("train", ["name=old", "scheduler=plateau", "seed=7"]))
    write_json(tmp_path / "provenance.json", {"overrides": ["seed=7", "scheduler=plateau"]})
    return made


def test_nothing_said_nothing_changed(folder: RunFolder) -> None:
    assert rerun_config(folder, []) == folder.read_config()


def test_any_value_may_change(folder: RunFolder) -> None:
    experiment = check_config(rerun_config(folder, ["optimizer.lr=1e-2", "++model.dropout=0.5"]))
    assert (experiment.optimizer.value("lr"), experiment.model.value("dropout")) == (0.01, 0.5)


@pytest.mark.parametrize(
    ("override", "key", "value"),
    [("seed=1", "data.seed", 1), ("monitor=val/accuracy", "scheduler.monitor", "val/accuracy")],
)
def test_a_rerun_is_what_composing_anew_would_be(
    folder: RunFolder, override: str, key: str, value: object
) -> None:
    told = ["name=old", "scheduler=plateau", "seed=7", override]
    assert rerun_config(folder, [override]) == compose_config("train", told)
    own = rerun_config(folder, [override, f"{key}=5"])
    group, leaf = key.split(".")
    assert own[group][leaf] == 5


def test_what_was_told_first_is_kept_unless_it_is_told_again(folder: RunFolder) -> None:
    assert rerun_overrides(folder, ["seed=1"]) == ["scheduler=plateau", "seed=1"]


@pytest.mark.parametrize("content", ["", "{}", "null"])
def test_what_was_told_first_is_named_where_it_cannot_be_read(
    folder: RunFolder, content: str
) -> None:
    (folder.path / "provenance.json").write_text(content)
    with pytest.raises(InputError, match=r"^rerun: '.*provenance\.json' cannot be read \("):
        rerun_overrides(folder, [])


def test_paths_are_taken_as_they_stand(folder: RunFolder) -> None:
    path = "/tmp/a, b=[ü]"
    assert rerun_config(folder, [f"outputs={path}"])["outputs"] == path


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("model=gru", "model: rerun cannot choose another config file; allowed: one value"),
        ("debug=limit", "debug: rerun cannot choose another config file; allowed: one value"),
        ("optimizer.lrr=1", "optimizer.lrr: no such key; did you mean 'optimizer.lr'?"),
        ("+optimizer.fused=true", "optimizer.fused: no such key"),
        ("seed=1,2", "seed=1,2: rerun needs one value for the key"),
        ("-m", "rerun: cannot be combined with -m"),
    ],
)
def test_everything_else_is_refused(folder: RunFolder, override: str, message: str) -> None:
    with pytest.raises(InputError) as raised:
        rerun_config(folder, [override])
    assert str(raised.value).startswith(message)


def test_a_folder_without_a_run_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^rerun: .* is not a run folder"):
        RunFolder.open(tmp_path, "rerun")


@pytest.mark.parametrize(
    "value", ["${seed}", "${name}", "${oc.env:NO_SUCH_VARIABLE}", "${", "${a:${b}}", "???"]
)
def test_a_reference_that_leads_nowhere_is_told(folder: RunFolder, value: str) -> None:
    """A config of a run is resolved, so it has no references of our own."""
    folder.write_config({**folder.read_config(), "seed": value})
    with pytest.raises(InputError) as raised:
        check_config(rerun_config(folder, []))
    assert "\n" not in str(raised.value)
