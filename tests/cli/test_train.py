"""The files and output of `scripts/train.py`, run in processes like those of users."""

import errno
import inspect
import os
import re
import shlex
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
import pytorch_lightning as pl
import torch
import yaml
from tests.cli.processes import Done, curves, once, read, train

from reviewlab.exceptions import InputError
from reviewlab.models import load_classifier
from reviewlab.runs.result import SCHEMA_VERSION

SMALL = ["data.reviews=350", "trainer.max_epochs=3"]
TESTED = [*SMALL, "optimizer.lr=0.01", "test=true"]


@pytest.fixture(scope="module")
def tested(tmp_path_factory: pytest.TempPathFactory) -> Done:
    """A run that measured its best epoch on the test split."""
    done = once(tmp_path_factory, "tested", lambda cwd: train(cwd, *TESTED))
    assert done.code == 0, done.err
    return done


@pytest.fixture(scope="module")
def four(tmp_path_factory: pytest.TempPathFactory) -> Done:
    """Four runs from one command line, without a test; the last is the same as the run above."""
    several = [*SMALL, "-m", "seed=1,0", "optimizer.lr=1e-3,1e-2"]

    def make(cwd: Path) -> Done:
        done = train(cwd, *several)
        return done._replace(folders=sorted(cwd.glob("outputs/sweeps/*/jobs/*")))

    done = once(tmp_path_factory, "four", make)
    assert done.code == 0, done.err
    return done


def tags(folder: Path):
    """Return the tags that TensorBoard reads from all event files of a folder."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    read_all = [EventAccumulator(str(path)).Reload() for path in sorted(folder.glob("events.*"))]
    scalars = {
        tag: [(e.step, e.value) for e in events.Scalars(tag)]
        for events in read_all
        for tag in events.Tags()["scalars"]
    }
    rows = [
        events.PluginTagToContent("hparams")
        for events in read_all
        if "hparams" in events._plugin_to_tag_to_content  # raises if absent
    ]
    return scalars, rows


def test_the_folder_holds_what_is_promised_and_nothing_else(tested: Done) -> None:
    names = Counter(path.name.partition(".")[0] for path in tested.folder.iterdir())
    events = names.pop("events")
    assert names.pop("") == 1  # .lock
    promised = ["config", "status", "result", "provenance", "checkpoints", "train"]
    assert names == Counter([*promised, "validation", "validation_reviews"])
    assert events in (1, 2)  # the test opens one of its own
    files = sorted(path.name for path in (tested.folder / "checkpoints").iterdir())
    assert files == ["best.ckpt", "last.ckpt"]
    cwd = tested.folder.parents[2]
    assert sorted(path.name for path in cwd.iterdir()) == ["cache", "outputs"]
    assert sorted(path.name for path in (cwd / "outputs").iterdir()) == ["runs", "splits"]


def test_the_config_is_enough_to_run_it_again(tested: Done) -> None:
    text = (tested.folder / "config.yaml").read_text(encoding="utf-8")
    config = yaml.safe_load(text)
    assert "${" not in text
    assert "hydra" not in config
    assert config["outputs"] == str(tested.folder.parents[1])
    assert config["data"]["seed"] == config["seed"] == 0
    assert config["callbacks"]["checkpoints"] == {
        "_target_": "reviewlab.callbacks.Checkpoints",
        "every_n_steps": None,
    }


def test_the_status_is_done(tested: Done) -> None:
    status = read(tested.folder / "status.json")
    assert (status["state"], status["attempts"], status["error"]) == ("done", 1, None)
    assert status["started"] < status["ended"]
    assert status["pid"]
    assert status["host"]


def test_the_result_has_every_figure(tested: Done) -> None:
    result = tested.result
    assert result["schema_version"] == SCHEMA_VERSION
    assert next(iter(result)) == "schema_version"
    assert len(result["run_id"]) == len(result["configuration_id"]) == 12
    assert result["overrides"] == TESTED
    assert result["seed"] == 0
    assert [epoch["epoch"] for epoch in result["curves"]] == [0, 1, 2]
    losses = [epoch["val/loss"] for epoch in result["curves"]]
    assert losses.index(min(losses)) == result["best_epoch"]
    assert result["best"] == result["curves"][result["best_epoch"]]
    assert result["last"] == result["curves"][-1]
    measured = {"loss", "accuracy", "f1_macro", "mae", "calibration_error"}
    measured |= {f"recall_{star}" for star in "12345"}
    for split in ("train", "val"):
        assert measured <= {n.removeprefix(f"{split}/") for n in result["best"]}
    assert measured <= {name.removeprefix("test/") for name in result["test"]}
    weights = torch.load(tested.folder / "checkpoints" / "last.ckpt", weights_only=True)
    assert result["parameters"] == sum(w.numel() for w in weights["state_dict"].values())
    assert set(result["seconds"]) == {"prepare", "train", "validation", "test"}
    assert min(result["seconds"].values()) > 0
    assert result["reviews_per_second"] > 0
    assert 50e6 < result["peak_memory"]["process"] < 4e9
    assert len(result["data_fingerprint"]) >= 12
    assert result["majority_baseline"].keys() == {"train", "val", "test"}
    shares = [split["accuracy"] for split in result["majority_baseline"].values()]
    assert all(0.2 <= share <= 0.3 for share in shares)
    assert result["flags"] == []


def test_where_it_comes_from(tested: Done) -> None:
    came_from = read(tested.folder / "provenance.json")
    assert came_from["argv"][1:] == TESTED
    assert came_from["packages"]["torch"] == torch.__version__.partition("+")[0] or (
        came_from["packages"]["torch"] == torch.__version__
    )
    assert {"commit", "diff", "python", "host", "platform", "device"} <= came_from.keys()


def test_the_test_is_counted_and_otherwise_absent(tested: Done, four: Done) -> None:
    assert tested.result["test_uses"] == 1
    for folder in four.folders:
        text = (folder / "result.json").read_text(encoding="utf-8")
        assert "test/" not in text
        assert read(folder / "result.json")["test_uses"] == 0
        scalars, _ = tags(folder)
        assert not any(tag.startswith("test") for tag in scalars)
    assert "test" not in four.out


def test_a_table_on_stdout_and_a_line_an_epoch_on_stderr(tested: Done) -> None:
    lines = tested.out.splitlines()
    always = ["always", tested.result["majority_label"]]
    assert lines[1].split() == ["train", "validation", "test", *always]
    [accuracy] = [line.split() for line in lines if line.startswith("accuracy ")]
    shown = [f"{tested.result['best'][f'{split}/accuracy']:.4f}" for split in ("train", "val")]
    assert accuracy[1:3] == shown
    [folder] = [line for line in lines if line.startswith("run folder: ")]
    assert folder.endswith(f"outputs/runs/{tested.folder.name}")
    assert sum(line.startswith("epoch ") for line in tested.err.splitlines()) == 3
    for unwanted in ("\r", "\x1b", "arning", ".py:", "Traceback"):
        assert unwanted not in tested.err + tested.out
    log = (tested.folder / "train.log").read_text(encoding="utf-8")
    assert all(line in log for line in tested.err.splitlines())


def test_tensorboard_has_the_curves_and_one_row(tested: Done) -> None:
    scalars, rows = tags(tested.folder)
    for name in ("train/loss", "val/loss", "val/accuracy", "val/f1_macro"):
        wanted = [(epoch["step"] - 1, epoch[name]) for epoch in tested.result["curves"]]
        assert scalars[name] == [(step, pytest.approx(v, rel=1e-5)) for step, v in wanted]
    assert "hp_metric" not in scalars
    assert "epoch" not in scalars  # it would be listed before all curves
    best = {name: v for name, v in tested.result["best"].items() if name.startswith("val/")}
    kept = {tag for tag in scalars if tag.startswith("best/")}
    assert kept == {f"best/{name}" for name in best}
    for name, value in best.items():
        steps, values = zip(*scalars[f"best/{name}"], strict=True)
        assert steps == tuple(step for step, _ in scalars[name])
        assert values[-1] == pytest.approx(value, rel=1e-5)
    losses = [loss for _, loss in scalars["val/loss"]]
    so_far = [min(losses[: epoch + 1]) for epoch in range(len(losses))]
    assert [value for _, value in scalars["best/val/loss"]] == pytest.approx(so_far, rel=1e-5)
    [row] = rows
    assert set(row) == {"_hparams_/session_start_info", "_hparams_/session_end_info"}


def test_four_runs_encode_once(four: Done) -> None:
    said = [line.partition(" reviews")[0] for line in four.err.splitlines()]
    assert said.count("encoded 350") == 1
    assert len(four.folders) == 4
    kept = {path.name for path in (four.folders[0].parents[4] / "cache").glob("*/")}
    assert len(kept - {"ngram_baselines"}) == 2  # as words, and as n-grams for the baseline


def test_another_length_does_not_encode_again(four: Done, train_here, monkeypatch) -> None:
    cwd = four.folders[0].parents[4]
    monkeypatch.setenv("REVIEWLAB_CACHE", str(cwd / "cache"))
    done = train_here(cwd, *SMALL, "data.text.max_length=7", "data.batch_size=16", "seed=9")
    assert done.code == 0, done.err
    assert "encoded 350" not in done.err
    assert "encoded reviews found" in done.err


def test_the_same_command_gives_the_same_curves(tested: Done, four: Done) -> None:
    """The second run is one of four jobs of a sweep, in another folder and without the test."""
    results = [read(folder / "result.json") for folder in four.folders]
    twin = next(r for r in results if r["overrides"][-2:] == ["seed=0", "optimizer.lr=0.01"])
    assert curves(twin) == curves(tested.result)
    assert len({r["run_id"] for r in results}) == 4
    assert len({r["configuration_id"] for r in results}) == 2
    one, other = (
        load_classifier(folder / "checkpoints" / "last.ckpt").state_dict()
        for folder in (tested.folder, four.folders[results.index(twin)])
    )
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_200_epochs_of_a_model_that_collapses(tmp_path: Path, train_here) -> None:
    """The class weights ignore all classes but one."""
    done = train_here(
        tmp_path,
        "data.reviews=100",
        "model=mlp",
        "optimizer.lr=0.01",
        "loss.class_weight=[1,1e-9,1e-9,1e-9,1e-9]",
        "trainer.max_epochs=200",
    )
    assert done.code == 0, done.err
    lines = (done.out + done.err).splitlines()
    assert 200 < len(lines) < 450
    assert "\r" not in done.out + done.err
    assert done.result["flags"] == ["collapsed"]
    assert done.out.splitlines()[-1].startswith("collapsed: every prediction is the same class")
    assert done.result["best"]["val/accuracy"] == done.result["best"]["val/recall_1"] * 0.1875


def test_two_processes_are_one_run(tmp_path: Path, tested: Done) -> None:
    done = train(tmp_path, *SMALL, "optimizer.lr=0.01", "trainer=ddp", "trainer.devices=2")
    assert done.code == 0, done.err
    for together, wanted in zip(done.result["curves"], tested.result["curves"], strict=True):
        assert together["step"] == wanted["step"]
        for name in ("train/loss", "val/loss"):
            assert together[name] == pytest.approx(wanted[name], abs=1e-6)
    assert wanted["step"] >= 20
    for unwanted in ("arning", ".py:", "Traceback"):
        assert unwanted not in done.err
    assert sum(line.startswith("epoch ") for line in done.err.splitlines()) == 3
    # the other process has ended
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    assert str(done.folder) not in listed.stdout


def test_outputs_that_cannot_be_written(tmp_path: Path, train_here) -> None:
    (tmp_path / "file").write_text("no folder")
    done = train_here(tmp_path, *SMALL, "outputs=file/outputs")
    assert done.code == 2
    *_, line = done.err.splitlines()
    assert line.startswith(f"error: outputs: '{tmp_path}/file/outputs': Not a directory; allowed: ")
    assert "Traceback" not in done.err
    assert (tmp_path / "file").read_text() == "no folder"


@pytest.mark.parametrize(
    ("victim", "number"),
    [
        ("last.ckpt", errno.ENOSPC),
        ("result.json", errno.EIO),
        ("provenance.json", errno.ESTALE),
        ("config.yaml", errno.EROFS),
        ("status.json", errno.EDQUOT),
    ],
)
def test_a_disk_that_fails(
    tmp_path: Path, train_here, monkeypatch: pytest.MonkeyPatch, victim: str, number: int
) -> None:
    """If the disk is full or fails, the run fails with a one-line message."""
    write_bytes, write_text = Path.write_bytes, Path.write_text
    full = OSError(number, os.strerror(number))

    def bytes_(path, data):
        if victim in path.name:
            write_bytes(path, bytes(data)[:1000])
            raise full
        return write_bytes(path, data)

    def text(path, data, **options):
        if victim in path.name:
            raise full
        return write_text(path, data, **options)

    monkeypatch.setattr(Path, "write_bytes", bytes_)
    monkeypatch.setattr(Path, "write_text", text)
    done = train_here(tmp_path, *SMALL)
    assert (done.code, done.out) == (2, "")
    *_, line = done.err.splitlines()
    assert done.err.count(os.strerror(number)) == 1
    if victim in ("config.yaml", "provenance.json", "status.json"):  # nothing has begun
        assert line.endswith(f"/{victim}: {os.strerror(number)}")
        assert not (tmp_path / "outputs").exists()
        return
    assert re.match(rf"error: {done.folder}/.*{victim}: {os.strerror(number)}; once this is", line)
    assert read(done.folder / "status.json")["state"] == "failed"
    assert not [path for path in done.folder.rglob("*") if path.suffix == ".tmp"]
    monkeypatch.undo()
    again = train_here(tmp_path, shlex.split(line)[-1])
    assert again.code == 0
    assert again.folder == done.folder


def test_a_diverged_run_says_so(tmp_path: Path, train_here) -> None:
    done = train_here(
        tmp_path,
        "data.reviews=200",
        "model=mlp",
        "optimizer=sgd",
        "optimizer.lr=1e30",
        "trainer.max_epochs=2",
    )
    assert done.code == 0
    said = done.out.splitlines()
    # NaN outputs predict some class, always the same
    assert done.result["flags"] == ["diverged", "collapsed"]
    assert said[-2].startswith("diverged: a loss was not finite")
    assert said[-1].startswith("collapsed: every prediction is the same class")
    assert done.result["last"]["train/loss"] is None  # JSON has no NaN


def test_a_few_batches_of_everything(tmp_path: Path, train_here: Callable[..., Done]) -> None:
    done = train_here(tmp_path, "debug=limit", "data.reviews=800", "test=true")
    assert done.code == 0, done.err
    [epoch] = done.result["curves"]
    assert epoch["step"] == 5
    assert done.result["test"]["test/loss"] > 0


def test_where_the_time_goes(tmp_path: Path, train_here: Callable[..., Done]) -> None:
    done = train_here(tmp_path, "debug=profiler", "data.reviews=300")
    assert done.code == 0, done.err
    [path] = re.findall("^where the time went: (.*)$", done.out, re.MULTILINE)
    assert "run_training_epoch" in (tmp_path / path).read_text(encoding="utf-8")


def test_early_stopping_without_anything_held_out_is_told(
    tmp_path: Path, train_here: Callable[..., Done]
) -> None:
    options = ["callbacks=early_stopping", "data.validation=0", "data.reviews=300"]
    done = train_here(tmp_path, *options, "trainer.max_epochs=1")
    assert done.code == 0, done.err
    assert (
        "no reviews are held out: early stopping is off, and all epochs are trained\n" in done.err
    )


def test_a_training_is_four_frames_below_the_command(
    train_here: Callable[..., Done], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A traceback is easy to read: the command, the run, its folder, its training."""
    ours: list[str] = []

    def fit(trainer: pl.Trainer, *arguments: object, **options: object) -> None:
        frames = [frame for frame in inspect.stack() if "/src/reviewlab/" in frame.filename]
        ours.extend(frame.function for frame in frames)
        raise InputError("seen")

    monkeypatch.setattr(pl.Trainer, "fit", fit)
    done = train_here(tmp_path, "data.reviews=300")
    assert done.err.endswith("error: seen\n")
    assert ours == ["run", "train_in_folder", "run", "main"]
