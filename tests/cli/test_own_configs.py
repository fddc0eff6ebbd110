"""Configs in a user's folder, for a run and for a sweep, however the folder is given."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.processes import Done

EXPERIMENT = """\
# @package _global_
defaults:
  - override /model: gru
  - override /optimizer: adamw
model: {hidden_size: 12}
data: {reviews: 200}
trainer: {max_epochs: 1}
"""

SWEEP = """\
defaults: [default, _self_]
grid:
  optimizer.lr: [1e-3, 1e-2]
  experiment: [mine, demo]
exclude: [{experiment: demo, optimizer.lr: 1e-2}]
seeds: 2
"""


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A folder with an experiment and a sweep."""
    for group, content in (("experiment", EXPERIMENT), ("sweep", SWEEP)):
        (tmp_path / "my conf" / group).mkdir(parents=True)
        (tmp_path / "my conf" / group / "mine.yaml").write_text(content)
    return tmp_path / "my conf"


def by_flag(folder: Path) -> list[str]:
    return ["--config-dir", folder.name]


def by_search_path(folder: Path) -> list[str]:
    return [f"hydra.searchpath=['file://{folder}']"]


@pytest.mark.parametrize("named", [by_flag, by_search_path])
@pytest.mark.parametrize(
    ("words", "jobs"),
    [
        (["experiment=mine,demo", "data=demo", "data.reviews=200"], 2),
        (["experiment=mine", "seed=0,1"], 2),
        (["experiment=glob(min*)", "seed=0,1"], 2),
        (["sweep=mine", "data.reviews=200"], 6),
    ],
)
def test_a_sweep_finds_them(
    train_here: Callable[..., Done],
    mine: Path,
    tmp_path: Path,
    named: Callable[[Path], list[str]],
    words: list[str],
    jobs: int,
) -> None:
    done = train_here(tmp_path, "-m", *words, "sweep.dry_run=true", *named(mine))
    assert done.code == 0, done.err
    assert f"\n{jobs} jobs, " in done.out


@pytest.mark.parametrize("named", [by_flag, by_search_path])
def test_one_run_finds_them_and_goes_on_without(
    train_here: Callable[..., Done],
    mine: Path,
    tmp_path: Path,
    named: Callable[[Path], list[str]],
) -> None:
    done = train_here(tmp_path, "experiment=mine", *named(mine))
    assert done.code == 0, done.err
    again = f"resume={done.folder}", "trainer.max_epochs=2"
    refused = train_here(tmp_path, *again, *by_flag(mine))
    assert refused.code == 2
    assert refused.err == (
        "error: --config-dir: resume reads the complete config from the run folder's config.yaml; "
        "leave out the flag\n"
    )
    assert train_here(tmp_path, *again).code == 0
    assert train_here(tmp_path, f"rerun={done.folder}", "seed=1").code == 0


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["experiment=mine"], "error: hydra/launcher: 'joblib' does not keep track of jobs, "),
        (["experiment=mine,demo"], "error: job 0 (seed=0 experiment=mine): hydra/launcher: 'jobl"),
    ],
)
def test_a_launcher_that_an_experiment_chooses_is_answered_too(
    train_here: Callable[..., Done], mine: Path, tmp_path: Path, words: list[str], line: str
) -> None:
    experiment = "# @package _global_\ndefaults:\n  - override /hydra/launcher: joblib\n"
    (mine / "experiment" / "mine.yaml").write_text(experiment)
    done = train_here(tmp_path, "-m", *words, "seed=0,1", *by_flag(mine))
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(line)
    assert done.err.count("\n") == 1


def test_a_folder_that_is_not_there_is_one_line(
    train_here: Callable[..., Done], tmp_path: Path
) -> None:
    done = train_here(tmp_path, "hydra.searchpath=[file:///nowhere]")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("error: hydra.searchpath: there is no '/nowhere'; allowed: ")


def test_the_configs_of_jobs_cannot_be_taken_away(
    train_here: Callable[..., Done], mine: Path, tmp_path: Path
) -> None:
    done = train_here(tmp_path, "-m", "seed=0,1", "--config-path", str(mine))
    assert done.code == 2
    assert done.err.startswith("error: --config-path: would hide reviewlab's configs")
    assert done.err.count("\n") == 1
