"""Training from Python: what the commands do, in a process that stays as it was."""

import logging
import os
import shlex
import signal
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import hydra
import pytest
import rich
import torch
from hydra.core.global_hydra import GlobalHydra
from omegaconf.basecontainer import BaseContainer
from tests.api.conftest import QUICK, SIZES
from tests.until import until

import reviewlab
from reviewlab.cli.train import main
from reviewlab.runs.identity import run_id

SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1]
LOGGERS = ["reviewlab", "pytorch_lightning", "lightning_fabric"]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def process() -> dict[str, Any]:
    """What others in this process can see of a training."""
    loggers = [logging.getLogger(name) for name in LOGGERS]
    return {
        "signals": [signal.getsignal(number) for number in SIGNALS],
        "folder": Path.cwd(),
        "environment": dict(os.environ),
        "arguments": [*sys.argv],
        "main": sys.modules["__main__"],
        "loggers": [(one.level, one.propagate, [*one.handlers]) for one in loggers],
        "console": [rich.get_console().stderr, rich.get_console().quiet],
        "warnings": [*warnings.filters],
        "threads": torch.get_num_threads(),
        "random": torch.get_rng_state().tolist(),
        "hydra": GlobalHydra.instance().is_initialized(),
        "resolvers": [*BaseContainer._resolvers],
    }


@pytest.mark.parametrize("work", [reviewlab.train, reviewlab.sweep])
def test_a_training_leaves_the_process_as_it_was(work: Callable[..., Any]) -> None:
    overrides = QUICK if work is reviewlab.train else SIZES
    work(["threads=2", *overrides], quiet=True)  # imports leave something behind
    before = process()
    work(["threads=2", *overrides], quiet=True)
    assert process() == before
    assert not before["hydra"]


def test_a_refusal_leaves_the_process_as_it_was() -> None:
    before = process()
    with pytest.raises(reviewlab.InputError):
        reviewlab.train(["optimizer.lrr=1"])
    assert process() == before


def test_a_program_keeps_its_own_hydra() -> None:
    with hydra.initialize(version_base="1.3", config_path=None):
        own = GlobalHydra.instance().hydra
        reviewlab.train(QUICK, quiet=True)
        assert GlobalHydra.instance().hydra is own


@pytest.mark.parametrize(
    "overrides",
    [
        ["optimizer.lrr=1"],
        ["model=lsm"],
        ["optimizer.lr=fast"],
        ["seed=0,1"],
        ["resume=nowhere"],
        ["data.reviews"],
        ["trainer.accelerator=gpu", "trainer.max_epochs=0"],
    ],
)
def test_a_mistake_is_the_line_of_the_command(
    overrides: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(reviewlab.InputError) as raised:
        reviewlab.train(overrides)
    assert capsys.readouterr() == ("", "")
    with pytest.raises(SystemExit):
        main(overrides)
    assert capsys.readouterr().err == f"error: {raised.value}\n"
    assert [*Path.cwd().iterdir()] == []


@pytest.mark.parametrize(
    ("overrides", "line"),
    [
        ("seed=1", "overrides: 'seed=1' is a single string"),
        (["--cfg", "job"], "overrides: '--cfg' is not allowed"),
        ([1], "overrides: 1 is not allowed"),
    ],
)
def test_what_is_no_list_of_overrides_is_refused(overrides: Any, line: str) -> None:
    for work in (reviewlab.train, reviewlab.sweep):
        with pytest.raises(reviewlab.InputError, match=line):
            work(overrides)


def test_a_dry_run_is_left_to_the_command() -> None:
    with pytest.raises(reviewlab.InputError, match=r"sweep\.dry_run"):
        reviewlab.sweep([*SIZES, "sweep.dry_run=true"], quiet=True)
    assert not Path("outputs").exists()


def test_epochs_are_told_unless_it_is_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    reviewlab.train(QUICK)
    out, err = capsys.readouterr()
    assert out == ""
    assert "epoch 2/2  train loss" in err
    assert "TPU" not in err
    reviewlab.train(QUICK, quiet=True)
    assert capsys.readouterr() == ("", "")


def test_two_runs_of_a_process_are_of_their_own_configs() -> None:
    one = reviewlab.train([*QUICK, "model=ngram"], quiet=True)
    other = reviewlab.train([*QUICK, "model=lstm", "seed=3"], quiet=True)
    assert [run.config["seed"] for run in (one, other)] == [0, 3]
    assert one.result["parameters"] != other.result["parameters"]
    for run in (one, other):
        assert run.result["run_id"] == run_id(run.config, run.result["data_fingerprint"])


def test_threads_take_turns_and_get_the_numbers_of_the_main_one(trained: reviewlab.Run) -> None:
    with ThreadPoolExecutor() as pool:
        work = [pool.submit(reviewlab.train, QUICK, quiet=True) for _ in range(2)]
        runs = [one.result() for one in work]
    assert len({run.path for run in runs}) == 2
    assert [run.metrics for run in runs] == [trained.metrics] * 2


def test_a_thread_sweeps() -> None:
    with ThreadPoolExecutor() as pool:
        swept = pool.submit(reviewlab.sweep, SIZES, quiet=True).result()
    assert {run.state for run in swept.runs()} == {"done"}


def test_what_a_training_raises_is_raised_and_not_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*arguments: Any, **options: Any) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("reviewlab.training.fit.Training.run", fail)
    with pytest.raises(RuntimeError, match="broken"):
        reviewlab.train(QUICK)
    assert "broken" not in "".join(capsys.readouterr())


def test_ctrl_c_saves_and_is_the_programs_own() -> None:
    def interrupt() -> None:
        until(lambda: [*Path().glob("outputs/runs/*/checkpoints/last.ckpt")], "a checkpoint")
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        reviewlab.train(["data.reviews=300", "trainer.max_epochs=10000", "logger=none"], quiet=True)
    thread.join()
    [folder] = Path().glob("outputs/runs/*")
    assert reviewlab.Run(folder).state == "preempted"


def test_a_run_is_resumed() -> None:
    first = reviewlab.train(QUICK, quiet=True)
    longer = reviewlab.train([f"resume={first.path}", "trainer.max_epochs=3"], quiet=True)
    assert longer.path == first.path
    assert len(longer.result["curves"]) == 3


def test_own_configs_are_found(tmp_path: Path) -> None:
    file = tmp_path / "mine" / "experiment" / "short.yaml"
    file.parent.mkdir(parents=True)
    file.write_text("# @package _global_\ntrainer:\n  max_epochs: 1\n", encoding="utf-8")
    overrides = ["experiment=short", "data.reviews=300", "logger=none"]
    run = reviewlab.train(overrides, config_dir=tmp_path / "mine", quiet=True)
    assert len(run.result["curves"]) == 1


def test_a_script_without_a_guard_sweeps_once(tmp_path: Path) -> None:
    script = tmp_path / "mine.py"
    overrides = [*SIZES, "sweep.name=sizes"]
    script.write_text(f"import reviewlab\nprint(reviewlab.sweep({overrides}, quiet=True))\n")
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
    assert done.stdout == "<Sweep outputs/sweeps/sizes: 4 runs>\n", done.stderr


def test_a_reader_that_goes_away_does_not_end_the_host(tmp_path: Path) -> None:
    script = tmp_path / "mine.py"
    overrides = ["experiment=demo", "data.reviews=300", "trainer.max_epochs=2"]
    lines = ["from pathlib import Path", "import reviewlab", f"run = reviewlab.train({overrides})"]
    script.write_text("\n".join([*lines, "Path('state').write_text(run.state)", ""]))
    command = f"set -o pipefail; {shlex.join([sys.executable, str(script)])} 2>&1 | head -1"
    done = subprocess.run(
        ["bash", "-c", command], capture_output=True, cwd=tmp_path, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "state").read_text() == "done"
