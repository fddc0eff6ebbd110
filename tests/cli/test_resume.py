"""A run that is killed or stopped, and resumed in another process."""

import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from tests.cli.processes import SCRIPT, Done, curves, environment, once, read, runs, start, train
from tests.forked import python

from reviewlab.runs.folder import RunFolder
from reviewlab.runs.status import Status, write_status

SMALL = [
    "data.reviews=300",  # six steps an epoch
    "model.num_layers=2",
    "model.dropout=0.3",
    "callbacks.checkpoints.every_n_steps=2",
]
EPOCHS = ["trainer.max_epochs=4"]
KILLER = """
import os, signal
from reviewlab.callbacks import EpochLines

look = EpochLines.on_train_batch_end
def die(self, trainer, *arguments):
    if trainer.global_step == {step}:
        os.kill(os.getpid(), signal.SIGKILL)
    look(self, trainer, *arguments)
EpochLines.on_train_batch_end = die  # called before anything is saved
from reviewlab.cli.train import main
main()
"""


def killed(cwd: Path, step: int) -> Path:
    """The folder of a run that was killed after a step, without any cleanup."""
    done = subprocess.run(
        [python(), "-c", KILLER.format(step=step), *SMALL, *EPOCHS],
        cwd=cwd,
        env=environment(cwd),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    [folder] = runs(cwd)
    return folder


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Done:
    """An uninterrupted run, with more epochs than the others."""
    more = ["trainer.max_epochs=6", "name=whole"]
    done = once(tmp_path_factory, "whole", lambda cwd: train(cwd, *SMALL, *more))
    assert done.code == 0, done.err
    return done


@pytest.fixture
def copy(whole: Done, tmp_path: Path) -> Path:
    """A copy of the folder of the uninterrupted run, for tests that change it."""
    target = tmp_path / "outputs" / "runs" / whole.folder.name
    shutil.copytree(whole.folder, target)
    return target


def checkpoint(folder: Path, name: str = "last.ckpt") -> dict[str, Any]:
    return torch.load(folder / "checkpoints" / name, weights_only=True)


def assert_same_weights(one: Path, other: Path) -> None:
    weights, wanted = (checkpoint(folder)["state_dict"] for folder in (one, other))
    assert all(torch.equal(weights[name], wanted[name]) for name in wanted)


@pytest.mark.parametrize(("step", "saved"), [(9, 8), (13, 12)])
def test_killed_and_resumed(whole: Done, tmp_path: Path, step: int, saved: int) -> None:
    """The run is killed within the second epoch, and after it."""
    folder = killed(tmp_path, step)
    assert read(folder / "status.json")["state"] == "running"  # no process was left to update it
    assert not (folder / "result.json").exists()
    assert checkpoint(folder)["global_step"] == saved
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    done = train(elsewhere, f"resume={folder}", "trainer.max_epochs=6")
    assert done.code == 0, done.err
    assert runs(elsewhere) == []
    result = read(folder / "result.json")
    assert curves(result) == curves(whole.result)
    assert result["best_epoch"] == whole.result["best_epoch"]
    assert_same_weights(folder, whole.folder)
    assert read(folder / "status.json") | {"state": "done", "attempts": 2} == read(
        folder / "status.json"
    )
    assert result["overrides"] == [*SMALL, "trainer.max_epochs=6"]


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["SIGINT", "SIGTERM"]
)
def test_stopped_from_outside_and_resumed(
    whole: Done,
    tmp_path: Path,
    train_here: Callable[..., Done],
    number: signal.Signals,
    code: int,
) -> None:
    process = start(tmp_path, *SMALL, "trainer.max_epochs=100000")
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line)
        if line.startswith("epoch      2/"):
            break
    process.send_signal(number)
    out, err = process.communicate(timeout=300)
    assert process.returncode == code
    assert out == ""
    assert "Traceback" not in err
    [folder] = runs(tmp_path)
    *_, last = err.splitlines()
    said, _, command = last.partition("; continue with: ")
    assert said == f"stopped by {number.name}"
    program, *arguments = shlex.split(command)
    assert shutil.which(program) == sys.executable  # also if only its name is printed
    assert arguments == [SCRIPT, f"resume={folder.relative_to(tmp_path)}"]
    status = read(folder / "status.json")
    assert (status["state"], status["error"]) == ("preempted", f"stopped by {number.name}")
    step = checkpoint(folder)["global_step"]
    assert step >= 12
    epochs = max(step // 6 + 1, 4)
    done = train_here(tmp_path, f"resume={folder}", f"trainer.max_epochs={epochs}")
    assert done.code == 0, done.err
    together = min(epochs, 6)
    assert curves(done.result)[:together] == curves(whole.result)[:together]
    assert len(done.result["curves"]) == epochs
    assert read(folder / "status.json")["attempts"] == 2


def test_two_processes_stop_together(tmp_path: Path) -> None:
    """Only the first process gets the signal, at any moment."""
    process = start(tmp_path, *SMALL, "trainer=ddp", "trainer.max_epochs=100000")
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("epoch      2/"):
            break
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=300)
    assert process.returncode == 143, err
    assert "Traceback" not in err
    [folder] = runs(tmp_path)
    assert read(folder / "status.json")["state"] == "preempted"
    assert checkpoint(folder)["global_step"] >= 12
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    assert str(folder) not in listed.stdout


def test_a_finished_run_goes_on_with_a_larger_budget(
    copy: Path, tmp_path: Path, whole: Done, train_here: Callable[..., Done]
) -> None:
    before = (copy / "train.log").read_text(encoding="utf-8")
    done = train_here(tmp_path, f"resume={copy}", "trainer.max_epochs=7")
    assert done.code == 0, done.err
    assert curves(done.result)[:6] == curves(whole.result)
    assert [epoch["epoch"] for epoch in done.result["curves"]] == list(range(7))
    assert done.result["overrides"] == [*SMALL, "name=whole", "trainer.max_epochs=7"]
    assert done.result["run_id"] != whole.result["run_id"]
    log = (copy / "train.log").read_text(encoding="utf-8")
    assert log.startswith(before)
    assert "epoch 7/7" in log


def test_nothing_left_to_do_is_told_and_nothing_changes(
    copy: Path, tmp_path: Path, train_here: Callable[..., Done]
) -> None:
    before = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    done = train_here(tmp_path, f"resume={copy}")
    assert (done.code, done.out) == (2, "")
    assert done.err == (
        f"error: resume: '{copy}' is done after 6 epochs; to train further, raise the budget; "
        "allowed: trainer.max_epochs=12, or any larger value\n"
    )
    assert {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()} == before


def test_a_job_that_had_only_its_result_to_write_changes_nothing(
    copy: Path, whole: Done, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sweep restarts the job with its last step saved and its status `queued`."""
    from reviewlab.config.experiment import Experiment
    from reviewlab.running.run import run

    monkeypatch.chdir(copy.parent)
    (copy / "result.json").unlink()
    write_status(copy, Status("queued", 1))
    folder = RunFolder(copy)
    run(Experiment.from_config(folder.read_config()), whole.result["overrides"], folder)
    result = read(copy / "result.json")
    assert curves(result) == curves(whole.result)
    assert result["run_id"] == whole.result["run_id"]
    assert_same_weights(copy, whole.folder)
    assert checkpoint(copy, "best.ckpt")["epoch"] == whole.result["best_epoch"]
    assert read(copy / "status.json")["state"] == "done"


def test_the_test_set_stays_counted(
    copy: Path, tmp_path: Path, train_here: Callable[..., Done]
) -> None:
    from reviewlab.runs.result import record_test

    record_test(copy, {"test/accuracy": 0.5})
    done = train_here(tmp_path, f"resume={copy}", "trainer.max_epochs=7")
    assert done.result["test_uses"] == 1


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("model=gru", "error: model: resume cannot choose another config file; allowed: "),
        ("seed=1", "error: seed: cannot be changed with resume; allowed: trainer.max_epochs, "),
        ("trainer.max_epochs=x", "error: trainer.max_epochs: 'x' is not allowed; allowed: "),
    ],
)
def test_anything_else_is_refused(
    copy: Path, tmp_path: Path, train_here: Callable[..., Done], override: str, said: str
) -> None:
    before = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    done = train_here(tmp_path, f"resume={copy}", override)
    assert done.code == 2
    assert done.out == ""
    assert done.err.startswith(said)
    assert done.err.count("\n") == 1
    assert {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()} == before


def test_a_run_that_goes_on_elsewhere_is_left_alone(
    copy: Path, tmp_path: Path, train_here: Callable[..., Done]
) -> None:
    with RunFolder(copy).held():
        before = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
        done = train_here(tmp_path, f"resume={copy}", "trainer.max_epochs=7")
        after = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    assert (done.code, done.out) == (2, "")
    told = f"error: resume: '{copy}' is being trained by process {os.getpid()} on "
    assert done.err.startswith(told)
    assert done.err.count("\n") == 1
    assert after == before


def test_a_status_that_a_crash_has_emptied_is_told(
    copy: Path, tmp_path: Path, train_here: Callable[..., Done]
) -> None:
    """This also holds with more epochs, for which nothing else reads the status before the data."""
    (copy / "status.json").write_text("")
    before = (copy / "result.json").read_bytes()
    done = train_here(tmp_path, f"resume={copy}", "trainer.max_epochs=7")
    assert (done.code, done.out) == (2, "")
    *_, line = done.err.splitlines()
    assert line.startswith(f"error: resume: '{copy}/status.json' cannot be read (JSONDecodeError: ")
    assert (copy / "result.json").read_bytes() == before


def test_a_home_that_is_nobodys_is_told(tmp_path: Path, train_here: Callable[..., Done]) -> None:
    for key in ("resume", "rerun"):
        done = train_here(tmp_path, f"{key}=~no_such_user/a")
        told = f"error: {key}: '~no_such_user/a' is not a run folder: it has no config.yaml\n"
        assert (done.code, done.err) == (2, told)


def test_a_damaged_checkpoint_is_told(
    copy: Path, tmp_path: Path, train_here: Callable[..., Done]
) -> None:
    last = copy / "checkpoints" / "last.ckpt"
    content = last.read_bytes()
    last.unlink()
    last.write_bytes(content[: len(content) // 2])
    done = train_here(tmp_path, f"resume={copy}", "trainer.max_epochs=7")
    assert done.code == 2
    *_, line = done.err.splitlines()
    assert line.startswith("error: ")
    assert str(last) in line


def test_a_run_that_stopped_early_says_so_and_its_remedy_works(
    tmp_path: Path, train_here: Callable[..., Done]
) -> None:
    settings = ["data.reviews=100", "model=mlp", "trainer.max_epochs=4", "callbacks=early_stopping"]
    stopping = ["callbacks.early_stopping.patience=1", "callbacks.early_stopping.min_delta=9"]
    done = train_here(tmp_path, *settings, *stopping)
    told = "stopped early after epoch 2 of 4: val/loss improved by less than 9 in 1 epoch"
    assert f"\n{told}\n" in done.out
    assert done.result["stopped_early"] == told
    refused = train_here(tmp_path, f"resume={done.folder}", "trainer.max_epochs=8")
    assert (refused.code, refused.out) == (2, "")
    said, _, remedy = refused.err.strip().partition("; start a new run with more patience: ")
    assert said == f"error: resume: '{done.folder}' {told}"
    again = train_here(tmp_path, *shlex.split(remedy))
    assert again.code == 0
    [second] = [folder for folder in runs(tmp_path) if folder != done.folder]
    assert len(read(second / "result.json")["curves"]) == 3


def test_a_run_goes_on_where_its_data_were_moved(
    made_netflix: Path, tmp_path: Path, train_here: Callable[..., Done]
) -> None:
    first, moved = tmp_path / "a.csv", tmp_path / "b c.csv"
    shutil.copyfile(made_netflix, first)
    done = train_here(
        tmp_path, "data=netflix", f"data.source={first}", "model=mlp", "trainer.max_epochs=1"
    )
    before = done.result
    resume = [f"resume={done.folder}", "trainer.max_epochs=2", f"data.source={moved}"]
    lines = made_netflix.read_text(encoding="utf-8").splitlines(keepends=True)
    moved.write_text("".join(lines[:-40]), encoding="utf-8")
    other = train_here(tmp_path, *resume)
    assert other.code == 2
    assert f"error: resume: the data of '{done.folder}' have changed since it began" in other.err
    first.replace(moved)
    again = train_here(tmp_path, *resume)
    assert again.code == 0, again.err
    assert curves(again.result)[:1] == curves(before)
    assert len(again.result["curves"]) == 2
    assert again.result["data_fingerprint"] == before["data_fingerprint"]
