"""`model=pretrained` on the command line: trained, moved, explained, resumed and compared."""

import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from tests.cli.processes import Done, curves, environment, once, read, runs, train
from tests.cli.test_resume import KILLER
from tests.forked import python
from tests.pretrained_sources import copied, source

from reviewlab.cli.errors import main as errors
from reviewlab.cli.evaluate import main as evaluate
from reviewlab.cli.explain import main as explain
from reviewlab.cli.predict import main as predict

SMALL = [
    "data.reviews=200",
    "data.text.max_length=20",
    "model=pretrained",
    "optimizer=adamw",
    "optimizer.lr=1e-3",
    "trainer.max_epochs=2",
]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Done:
    """A run whose source has been deleted."""

    def make(cwd: Path) -> Done:
        folder = copied(cwd)
        done = train(cwd, *SMALL, f"model.source={folder}", "name=whole")
        shutil.rmtree(folder)
        return done

    done = once(tmp_path_factory, "pretrained", make)
    assert done.code == 0, done.err
    return done


@pytest.fixture
def checkpoint(trained: Done, tmp_path: Path) -> Path:
    """The checkpoint alone, in another folder."""
    return Path(shutil.copy(trained.folder / "checkpoints" / "best.ckpt", tmp_path / "moved.ckpt"))


def test_a_moved_checkpoint_predicts_without_its_source(
    checkpoint: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    predict([f"checkpoint={checkpoint}", "text=a slow start, but worth it"])
    out, err = capsys.readouterr()
    assert out.startswith("prediction: ")
    assert err == ""
    assert torch.load(checkpoint, weights_only=True)["hyper_parameters"]["architecture"]


@pytest.mark.parametrize("method", ["gradient", "occlusion"])
def test_a_moved_checkpoint_explains(
    checkpoint: Path, capsys: pytest.CaptureFixture[str], method: str
) -> None:
    explain([f"checkpoint={checkpoint}", "text=a slow start, but worth it", f"method={method}"])
    out, _ = capsys.readouterr()
    assert "slow" in out and "worth" in out


def test_a_moved_checkpoint_is_measured(
    checkpoint: Path,
    trained: Done,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(checkpoint.parent)
    evaluate([f"checkpoint={checkpoint}", "split=validation"])
    out, _ = capsys.readouterr()
    accuracy = trained.result["best"]["val/accuracy"]
    assert f"{accuracy:.4f}" in out
    errors([f"checkpoint={checkpoint}", "split=validation"])
    assert capsys.readouterr().out


def test_the_config_keeps_the_digests_and_the_id_does_not_keep_the_place(
    trained: Done, tmp_path: Path, train_here: Callable[..., Done]
) -> None:
    text = (trained.folder / "config.yaml").read_text(encoding="utf-8")
    assert text.count("digest: null") == 0
    assert "architecture:" in text
    done = train_here(tmp_path, *SMALL, f"model.source={copied(tmp_path)}")
    assert done.result["run_id"] == trained.result["run_id"]
    assert curves(done.result) == curves(trained.result)


def test_killed_and_resumed_where_the_source_was_moved_to(
    trained: Done, tmp_path: Path, train_here: Callable[..., Done]
) -> None:
    folder = copied(tmp_path)
    killer = KILLER.format(step=6)
    saved = "callbacks.checkpoints.every_n_steps=2"
    done = subprocess.run(
        [python(), "-c", killer, *SMALL, f"model.source={folder}", saved],
        cwd=tmp_path,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    [run] = runs(tmp_path)
    moved = folder.rename(tmp_path / "moved")
    sources = [f"model.source={moved}", f"data.text.source={moved}"]
    gone_on = train_here(tmp_path, f"resume={run}", *sources)
    assert gone_on.code == 0, gone_on.err
    assert curves(read(run / "result.json")) == curves(trained.result)
    mine, theirs = (
        torch.load(one / "checkpoints" / "last.ckpt", weights_only=True)["state_dict"]
        for one in (run, trained.folder)
    )
    assert all(torch.equal(mine[name], theirs[name]) for name in theirs)


def test_another_source_is_refused_when_a_run_goes_on(
    tmp_path: Path, train_here: Callable[..., Done]
) -> None:
    done = train_here(tmp_path, *SMALL, f"model.source={source()}")
    other = source("distilbert")
    again = train_here(
        tmp_path, f"resume={done.folder}", "trainer.max_epochs=3", f"model.source={other}"
    )
    assert again.code == 2
    assert again.err.startswith(f"error: model.source: the files of '{other}' do not match model.")


def test_two_processes_train_it_together(tmp_path: Path) -> None:
    done = train(tmp_path, *SMALL, f"model.source={source()}", "trainer=ddp")
    assert done.code == 0, done.err
    assert (
        "optimizer.lr=0.001 is large for training all weights of a pretrained encoder" in done.err
    )
    assert done.result["best"]["val/accuracy"] > 0


def test_the_encoder_stays_as_it_is_until_it_is_unfrozen(
    tmp_path: Path, train_here: Callable[..., Done]
) -> None:
    from safetensors.torch import load_file

    options = [f"model.source={source()}", "model.unfreeze_after=1", "scheduler=linear"]
    one_epoch = ["trainer.max_epochs=1", "scheduler=constant", "name=one"]
    words = "embeddings.word_embeddings.weight"
    before = load_file(Path(source(), "model.safetensors"))[words]
    for more, moved in ((one_epoch, False), (["name=two"], True)):
        done = train_here(tmp_path, *SMALL, *options, *more)
        assert done.code == 0, done.err
        last = torch.load(done.folders[-1] / "checkpoints" / "last.ckpt", weights_only=True)
        after = last["state_dict"][f"encoder.backbone.{words}"]
        assert torch.equal(after, before) != moved


def test_several_processes_cannot_unfreeze_it_without_knowing(tmp_path: Path) -> None:
    options = [f"model.source={source()}", "model.unfreeze_after=1", "trainer=ddp"]
    done = train(tmp_path, *SMALL, *options)
    assert done.code == 2
    assert "trainer.strategy=ddp_find_unused_parameters_true" in done.err
    done = train(tmp_path, *SMALL, *options, "trainer.strategy=ddp_find_unused_parameters_true")
    assert done.code == 0, done.err


@pytest.mark.parametrize("keep_base", ["true", "false"])
def test_adapters_are_trained_resumed_and_tested(
    tmp_path: Path, train_here: Callable[..., Done], keep_base: str
) -> None:
    adapters = ["model.train=lora", "model.lora.rank=2", f"model.keep_base={keep_base}"]
    options = [*SMALL, f"model.source={source()}", *adapters, "test=true"]
    whole = train_here(tmp_path, *options, "name=whole")
    assert whole.code == 0, whole.err
    cut = train_here(tmp_path, *options, "trainer.max_epochs=1", "name=cut")
    gone_on = train_here(tmp_path, f"resume={cut.folders[-1]}", "trainer.max_epochs=2")
    assert gone_on.code == 0, gone_on.err
    results = [read(folder / "result.json") for folder in gone_on.folders]
    assert curves(results[0]) == curves(results[1])
    assert results[0]["test"] == results[1]["test"]


def test_a_sweep_compares_it_with_other_models(tmp_path: Path) -> None:
    """`model.source` is set for all jobs, but only one model has this key."""
    grid = ["model=lstm,pretrained", f"model.source={source()}", "sweep.name=both"]
    small = ["data.reviews=200", "data.text.max_length=20", "trainer.max_epochs=1"]
    done = train(tmp_path, "-m", *small, *grid)
    assert done.code == 0, done.err
    jobs = sorted((tmp_path / "outputs" / "sweeps" / "both" / "jobs").iterdir())
    lstm, pretrained = (read(job / "result.json")["overrides"] for job in jobs)
    assert lstm == [*small, "model=lstm"]
    assert pretrained == [*small, f"model.source={source()}", "model=pretrained"]


def test_a_bad_source_is_one_line_before_any_data_is_read(
    tmp_path: Path, train_here: Callable[..., Any]
) -> None:
    done = train_here(tmp_path, "data=imdb", "data.source=/nowhere", "model=pretrained")
    assert done.err == (
        "error: model.source: missing; allowed: a folder in Hugging Face's layout or the id of"
        " a model\n"
    )
    done = train_here(tmp_path, "model=pretrained", "model.source=/nowhere")
    assert (done.code, done.folders) == (2, [])
    assert done.err.startswith("error: model.source: '/nowhere' does not exist; allowed: ")
