"""The settings that may change when a run is resumed."""

from pathlib import Path
from typing import Any

import pytest

from reviewlab import dotted
from reviewlab.config.check import check_config
from reviewlab.exceptions import InputError
from reviewlab.running.resume import resumed_config
from reviewlab.runs.folder import RunFolder
from reviewlab.runs.identity import run_id
from reviewlab.runs.result import write_result
from reviewlab.runs.status import State, Status, write_status


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    """A run folder with the default config."""
    from reviewlab.config.compose import compose_config

    made = RunFolder(tmp_path)
    made.write_config(compose_config("train", ["name=old"]))
    return made


def test_nothing_said_nothing_changed(folder: RunFolder) -> None:
    assert resumed_config(folder, []) == folder.read_config()


@pytest.mark.parametrize(
    ("override", "key", "value"),
    [
        ("trainer.max_epochs=30", "max_epochs", 30),
        ("trainer.max_steps=500", "max_steps", 500),
        ("trainer.max_time=00:01:00:00", "max_time", "00:01:00:00"),
        ("++trainer.max_epochs=30", "max_epochs", 30),
    ],
)
def test_the_budget_may_change(folder: RunFolder, override: str, key: str, value: Any) -> None:
    before = folder.read_config()
    after = check_config(resumed_config(folder, [override])).as_config()
    assert after["trainer"][key] == value
    assert {**after, "trainer": before["trainer"]} == before


@pytest.mark.parametrize("schedule", ["cosine", "linear"])
def test_the_budget_stays_where_the_learning_rates_followed_from_it(
    folder: RunFolder, schedule: str
) -> None:
    """Otherwise the run would have the id of a run with other learning rates."""
    from reviewlab.config.compose import compose_config

    folder.write_config(compose_config("train", [f"scheduler={schedule}", "trainer.max_epochs=3"]))
    for override in ("trainer.max_epochs=4", "trainer.max_steps=9"):
        with pytest.raises(InputError, match=f"if scheduler={schedule}: the learning"):
            resumed_config(folder, [override])
    for override in ("trainer.max_epochs=3", "trainer.max_time=00:01:00:00"):
        check_config(resumed_config(folder, [override]))


def test_the_logger_may_change(folder: RunFolder) -> None:
    assert resumed_config(folder, ["logger.flush_secs=5"])["logger"]["flush_secs"] == 5


@pytest.mark.parametrize(
    ("override", "key", "value"),
    [
        ("threads=2", "threads", 2),
        ("trainer.accelerator=auto", "trainer.accelerator", "auto"),
        ("trainer.devices=2", "trainer.devices", 2),
        ("trainer.strategy=ddp", "trainer.strategy", "ddp"),
        ("callbacks.checkpoints.every_n_steps=5", "callbacks.checkpoints.every_n_steps", 5),
        ("data.cache_dir=/elsewhere", "data.cache_dir", "/elsewhere"),
        ("data.source=/a, b.csv", "data.source", "/a, b.csv"),
    ],
)
def test_the_place_may_change_and_the_run_id_stays(
    folder: RunFolder, override: str, key: str, value: Any
) -> None:
    before = folder.read_config()
    after = resumed_config(folder, [override])
    assert dotted.get(after, key) == value
    assert run_id(after, "") == run_id(before, "")


def test_a_source_is_named_from_where_one_works(
    folder: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "moved.csv").touch()
    after = resumed_config(folder, ["data.source=moved.csv"])
    assert after["data"]["source"] == str(tmp_path / "moved.csv")


@pytest.mark.parametrize("override", ["name=new", "outputs=elsewhere", "hydra.verbose=true"])
def test_the_folder_stays_where_it_is(folder: RunFolder, override: str) -> None:
    with pytest.raises(InputError, match="cannot be changed with resume"):
        resumed_config(folder, [override])


def test_another_setting_is_sent_to_rerun(folder: RunFolder) -> None:
    hint = f"; to change other keys in a new run: rerun={folder.path}"
    for override, told in (("optimizer.lr=1", True), ("+trainer.fast_dev_run=1", False)):
        with pytest.raises(InputError) as raised:
            resumed_config(folder, [override])
        assert str(raised.value).endswith(hint) == told


def test_what_changes_is_checked(folder: RunFolder) -> None:
    for override, message in [
        ("logger.flush_sec=5", "logger.flush_sec: no such key; did you mean 'logger.flush_secs'?"),
        ("trainer.max_epochs=x", "trainer.max_epochs: 'x' is not allowed"),
    ]:
        with pytest.raises(InputError) as raised:
            check_config(resumed_config(folder, [override]))
        assert str(raised.value).startswith(message)


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("model=gru", "model: resume cannot choose another config file; allowed: trainer.max"),
        ("logger=csv", "logger: resume cannot choose another config file; allowed: trainer."),
        ("seed=2", "seed: cannot be changed with resume; allowed: trainer.max_epochs, "),
        ("optimizer.lr=1", "optimizer.lr: cannot be changed with resume; allowed: trainer."),
        ("+trainer.fast_dev_run=1", "trainer.fast_dev_run: cannot be changed with resume"),
        ("trainer.max_epochs=1,2", "trainer.max_epochs=1,2: resume needs one value for the key"),
        ("~trainer.max_epochs", "~trainer.max_epochs: resume needs one value for the key"),
        ("-m", "resume: cannot be combined with -m; allowed: trainer.max_epochs"),
        ("what", "what: not readable as key=value"),
    ],
)
def test_everything_else_is_refused(folder: RunFolder, override: str, message: str) -> None:
    with pytest.raises(InputError) as raised:
        resumed_config(folder, [override])
    assert str(raised.value).startswith(message)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("state", ["done", "preempted", "killed"])
@pytest.mark.parametrize(
    ("kept", "more", "goes_on"),
    [
        ("trainer.max_epochs=3", "", False),
        ("trainer.max_epochs=3", "trainer.max_epochs=3", False),
        ("trainer.max_epochs=3", "trainer.max_epochs=2", False),
        ("trainer.max_epochs=3", "trainer.max_steps=900", False),
        ("trainer.max_epochs=3", "logger.flush_secs=5", False),
        ("trainer.max_epochs=3", "trainer.max_epochs=4", True),
        ("trainer.max_epochs=3", "trainer.max_epochs=-1", True),
        ("trainer.max_steps=30", "trainer.max_steps=31", True),
        ("+trainer.max_time=00:01:00:00", "trainer.max_time=00:01:00:00", False),
        ("+trainer.max_time=00:01:00:00", "trainer.max_time=00:02:00:00", True),
    ],
)
def test_what_is_done_needs_a_larger_budget(
    folder: RunFolder, state: State, kept: str, more: str, goes_on: bool
) -> None:
    from reviewlab.config.compose import compose_config

    folder.write_config(compose_config("train", [kept]))
    write_status(folder.path, Status("running", 1).finished(state))
    write_result(folder.path, {"curves": [{}, {}, {}]})
    if goes_on or state != "done":
        resumed_config(folder, [more] if more else [])
        return
    with pytest.raises(InputError) as raised:
        resumed_config(folder, [more] if more else [])
    allowed = "trainer.max_epochs=6, or any larger value"
    if "max_time" in kept:
        allowed = "a longer trainer.max_time than 00:01:00:00"
    assert str(raised.value) == (
        f"resume: '{folder.path}' is done after 3 epochs; to train further, raise the budget; "
        f"allowed: {allowed}"
    )


def test_what_was_done_but_has_no_result_goes_on(folder: RunFolder) -> None:
    write_status(folder.path, Status("running", 1).finished("done"))
    resumed_config(folder, [])


def test_a_damaged_config_is_told(folder: RunFolder) -> None:
    for content in ("a: [", "", "\0", "- 1"):
        (folder.path / "config.yaml").write_text(content)
        with pytest.raises(InputError, match=r"^resume: .*config\.yaml: "):
            resumed_config(folder, [])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("status.json", ""),
        ("status.json", "null"),
        ("status.json", '{"state": "done", "of_another_version": 1}'),
        ("result.json", '{"best": {'),
        ("result.json", "{}"),
    ],
)
def test_what_a_crash_has_cut_short_is_told(folder: RunFolder, name: str, content: str) -> None:
    write_status(folder.path, Status("running", 1).finished("done"))
    (folder.path / name).write_text(content)
    with pytest.raises(InputError) as raised:
        resumed_config(folder, [])
    assert str(raised.value).startswith(f"resume: '{folder.path / name}' cannot be read (")


def test_a_folder_without_a_run_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^resume: .* is not a run folder"):
        RunFolder.open(tmp_path)
