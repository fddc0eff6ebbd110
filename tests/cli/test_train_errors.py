"""The flags and errors of `scripts/train.py`, and the files that it leaves."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.cli.processes import SCRIPT, Done, train
from tests.until import until

from reviewlab.cli import train as train_command


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["optimizer.lrr=1"], "error: optimizer.lrr: no such key; did you mean 'optimizer.lr'?"),
        (["model=lstn"], "error: model: there is no 'lstn'; did you mean 'lstm'? allowed: "),
        (["--mutirun"], "error: command line: unrecognized arguments: --mutirun; see --help"),
        (["--cfg", "jobs"], "error: command line: argument --cfg/-c: invalid choice: 'jobs'"),
        (["--config-name", "tran"], "error: config 'tran': no such file"),
        (["resume=nowhere, really"], "error: resume: 'nowhere, really' is not a run folder"),
        (["-m", "seed=1,2", "+optimizer.lrr=1"], "error: job 0 (seed=1): optimizer.lrr: no "),
        (["hydra/launcher=slurm"], "error: hydra/launcher=slurm: only a sweep has this setting; a"),
        (["hydra.run.dir=x"], "error: hydra.run.dir: has no effect here; outputs=<fol"),
    ],
)
def test_one_line_exit_2_and_nothing_written(
    arguments: list[str], said: str, tmp_path: Path
) -> None:
    done = train(tmp_path, *arguments)
    assert done.err.startswith(said)
    assert done.err.count("\n") == 1
    assert "Traceback" not in done.err
    assert done.out == ""
    assert done.code == 2
    assert list(tmp_path.iterdir()) == []


def test_debug_traceback_shows_it_all(tmp_path: Path) -> None:
    done = train(tmp_path, "model=lstn", "debug=traceback")
    assert "Traceback" in done.err
    assert done.err.splitlines()[-1].startswith("error: model: there is no 'lstn'")
    assert done.code == 2


def test_help_is_made_for_people_and_imports_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import runpy, sys\n"
        f"sys.argv = [{SCRIPT!r}, '--help']\n"
        "try:\n"
        f"    runpy.run_path({SCRIPT!r}, run_name='__main__')\n"
        "except SystemExit as end:\n"
        "    assert not end.code\n"
        "heavy = {'torch', 'pytorch_lightning', 'datasets', 'pydantic'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    for part in ("Examples:", "optimizer: adagrad, adam, adamw", "model: bag_lstm", "-m "):
        assert part in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--cfg", "job", "optimizer=sgd"], "_target_: torch.optim.SGD"),
        (["--cfg", "job", "--package", "optimizer"], "# @package optimizer"),
        (["--info", "defaults"], "optimizer/adam"),
        (["--version"], "Hydra 1.3"),
    ],
)
def test_hydras_flags_work(arguments: list[str], said: str, tmp_path: Path) -> None:
    done = train(tmp_path, *arguments)
    assert done.code == 0, done.err
    assert said in done.out
    assert list(tmp_path.iterdir()) == []


def test_shell_completion_knows_the_choices(tmp_path: Path) -> None:
    line = "python scripts/train.py optimizer=ada"
    done = subprocess.run(
        [sys.executable, SCRIPT, "-sc", "query=bash"],
        cwd=tmp_path,
        env={**os.environ, "COMP_LINE": line, "COMP_POINT": str(len(line))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "optimizer=adagrad" in done.stdout
    assert "optimizer=adamw" in done.stdout


@pytest.mark.parametrize("library", ["_yaml", "libtorch_cpu"])
def test_an_interrupted_start_shows_no_traceback(library: str, tmp_path: Path) -> None:
    """The signal comes while Hydra or torch is imported, after our first line of code has run."""
    process = subprocess.Popen(
        [sys.executable, SCRIPT, "trainer.max_epochs=-1"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    maps = Path(f"/proc/{process.pid}/maps")
    until(lambda: library in maps.read_text(), f"{library} to be imported")
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate()
    assert process.returncode in (130, -signal.SIGINT)
    assert "Traceback" not in stderr


def test_what_breaks_before_there_is_a_folder_is_told(
    train_here: Callable[..., Done], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> None:
        raise ValueError("two\nlines")

    monkeypatch.setattr("reviewlab.data.demo.DemoDataModule.prepare", broken)
    done = train_here(tmp_path, "experiment=demo")
    assert done.code == 1
    assert done.err == "failed: ValueError: two lines; debug=traceback shows where\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", [(), ("-m", "seed=0,1")], ids=["run", "sweep"])
def test_a_thread_trains_as_the_main_one_does(
    train_here: Callable[..., Done], tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    with ThreadPoolExecutor() as pool:
        done = pool.submit(
            train_here, tmp_path, "data.reviews=200", "trainer.max_epochs=1", *arguments
        ).result()
    assert done.code == 0, done.err


@pytest.mark.parametrize("arguments", [(), ("-m", "seed=0,1")], ids=["run", "sweep"])
def test_a_training_on_windows_is_one_line(
    refused: Callable[..., str], arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    compose = train_command.read_request
    monkeypatch.setattr(train_command, "read_request", lambda argv: begin_windows(compose(argv)))

    def begin_windows(request: object) -> object:
        monkeypatch.setattr("sys.platform", "win32")  # Hydra has read the command line by then
        return request

    line = refused(train_command.main, arguments)
    assert line.startswith("error: Windows: training needs ")
