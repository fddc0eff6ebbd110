"""A request for a sweep with `-m` has its settings, launcher and search bound."""

from pathlib import Path

import pytest

from reviewlab.cluster.launcher import SlurmLauncher
from reviewlab.config.recompose import Recomposer
from reviewlab.config.request import compose_request
from reviewlab.config.sweep_request import SweepRequest
from reviewlab.exceptions import InputError
from reviewlab.sweeps.local import LocalLauncher


def request(*arguments: str) -> SweepRequest:
    asked = compose_request("train", ["-m", *arguments])
    assert isinstance(asked, SweepRequest)
    return asked


def test_what_is_said_of_the_sweep_is_bound_and_kept_from_its_jobs() -> None:
    asked = request("sweep.name=a", "sweep.seeds=2", "optimizer.lr=1,2", "model=gru")
    assert (asked.settings.name, asked.settings.seeds) == ("a", 2)
    assert asked.arguments == ["optimizer.lr=1,2", "model=gru"]
    assert asked.config["model"]["_target_"].endswith("GRUClassifier")
    assert not {"sweep", "hydra"} & asked.config.keys()


def test_a_grid_keeps_what_refers_to_the_seed_of_each_job() -> None:
    asked = request("+sweep.grid.name=['run${seed}']")
    assert asked.settings.grid == {"name": ["run${seed}"]}


def test_the_launcher_is_bound_and_not_yet_built() -> None:
    asked = request("seed=0", "hydra.launcher.threads_per_job=3")
    assert asked.launcher.factory is LocalLauncher
    assert asked.launcher.value("threads_per_job") == 3


def test_a_search_has_its_settings_and_a_grid_has_none() -> None:
    assert request("seed=0").search is None
    asked = request("hydra/sweeper=optuna", "hydra.sweeper.n_trials=7", "optimizer.lr=1,2")
    assert asked.search is not None
    assert asked.search.n_trials == 7


@pytest.mark.parametrize(
    ("argument", "line"),
    [
        ("sweep.tiemout=1", "sweep.tiemout: no such key; did you mean 'sweep.timeout'?"),
        ("sweep.timeout=0", "sweep.timeout: 0 is not allowed"),
        ("sweep=demo,optimizers", "sweep=demo,optimizers: only one sweep at a time is allowed"),
        ("sweep=[demo,optimizers]", "sweep=[demo,optimizers]: only one choice is allowed, "),
        ("model=[lstm,gru]", "model=[lstm,gru]: only one choice is allowed, such as model=lstm"),
        ("hydra.launcher.slots=0", "hydra.launcher.slots: 0 is not allowed"),
    ],
)
def test_what_cannot_be_a_sweep_is_refused_in_a_line(argument: str, line: str) -> None:
    with pytest.raises(InputError) as raised:
        compose_request("train", ["-m", "seed=0,1", argument])
    assert str(raised.value).startswith(line)


SLURM = "# @package _global_\ndefaults:\n  - override /hydra/launcher: slurm\n"


@pytest.mark.parametrize("words", [["experiment=a,b"], ["+sweep.grid.experiment=[a,b]"]])
def test_a_launcher_that_all_experiments_choose_is_that_of_the_sweep(
    tmp_path: Path, words: list[str]
) -> None:
    (tmp_path / "experiment").mkdir()
    for name in ("a", "b"):
        (tmp_path / "experiment" / f"{name}.yaml").write_text(SLURM)
    asked = request(*words, f"hydra.searchpath=['file://{tmp_path}']")
    assert asked.launcher.factory is SlurmLauncher
    assert asked.sources.launch is not None
    for name in ("a", "b"):
        Recomposer(asked.sources, []).compose([f"experiment={name}"])
    with pytest.raises(InputError, match=r"^hydra/launcher: "):
        Recomposer(asked.sources, []).compose(["experiment=demo"])


def test_the_launcher_of_the_command_line_is_stronger_than_that_of_experiments(
    tmp_path: Path,
) -> None:
    (tmp_path / "experiment").mkdir()
    (tmp_path / "experiment" / "a.yaml").write_text(SLURM)
    search_path = f"hydra.searchpath=['file://{tmp_path}']"
    asked = request("experiment=a,demo", search_path, "hydra/launcher=local")
    assert asked.launcher.factory is LocalLauncher
