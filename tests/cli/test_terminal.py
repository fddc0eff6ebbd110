"""Programs on a terminal that cannot show every character, and unchanged tables in pipes."""

import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from tests import handmade
from tests.cli.processes import SCRIPT, SCRIPTS, environment, script, train
from tests.forked import python
from tests.reporting.folders import grid

from reviewlab.runs.status import read_status

ASCII = {"PYTHONIOENCODING": "ascii"}
SWEEP = ["data=demo", "data.reviews=300", "trainer.max_epochs=1", "model=mlp"]


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return handmade.save(handmade.classifier(), tmp_path_factory.mktemp("made") / "x.ckpt")


def test_a_report_says_plus_or_minus_as_well_as_it_can(tmp_path: Path) -> None:
    grid(tmp_path / "sweep")
    done = script("report", tmp_path, "sweep", **ASCII)
    assert (done.code, done.err) == (0, "")
    assert done.out.isascii() and "; 0.1 -0.0993 ? 0.0026" in done.out
    utf8 = script("report", tmp_path, "sweep", PYTHONIOENCODING="utf-8").out
    assert done.out == utf8.replace("±", "?")


def test_a_sweep_ends_well(tmp_path: Path) -> None:
    done = train(tmp_path, "-m", *SWEEP, "seed=0,1", "optimizer.lr=1e-2,1e-3", **ASCII)
    assert done.code == 0, done.err
    assert "2 configurations, 4 runs" in done.out
    assert "UnicodeEncodeError" not in done.err and " ? " in done.out


@pytest.mark.parametrize(
    "arguments", [[], ["-m", "seed=0,1", "sweep.name=x"]], ids=["run", "sweep"]
)
def test_a_reader_that_goes_away_ends_no_training(arguments: list[str], tmp_path: Path) -> None:
    command = shlex.join([python(), SCRIPT, *SWEEP, *arguments])
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command} 2>&1 | head -1"],
        cwd=tmp_path,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == 1
    folders = sorted(file.parent for file in tmp_path.glob("outputs/**/status.json"))
    assert [read_status(folder).state for folder in folders] == ["done"] * max(
        len(arguments) - 1, 1
    )
    assert all("epoch 1/1  train" in (folder / "train.log").read_text() for folder in folders)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_an_explanation_of_what_cannot_be_shown(
    encoding: str, checkpoint: Path, tmp_path: Path
) -> None:
    arguments = [f"checkpoint={checkpoint}", "text=good film \U0001f600", "method=occlusion"]
    done = script("explain", tmp_path, *arguments, PYTHONIOENCODING=encoding)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("prediction: ")
    assert any(line.endswith(" ? (unknown)") for line in done.out.splitlines())


def test_a_table_on_stdout_is_utf8_whatever_the_terminal_shows(
    checkpoint: Path, tmp_path: Path
) -> None:
    text = "schön \U0001f600 ±"
    done = subprocess.run(
        [
            *(sys.executable, str(SCRIPTS / "predict.py"), f"checkpoint={checkpoint}"),
            *("input=-", "output=-", "format=csv"),
        ],
        input=f"text\n{text}\n".encode(),
        cwd=tmp_path,
        env={**environment(tmp_path), **ASCII},
        capture_output=True,
        timeout=300,
        check=True,
    )
    assert done.stdout.decode("utf-8").splitlines()[1].startswith(f"{text},")
