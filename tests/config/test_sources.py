"""Folders of configs, the launcher and the sweeper are shared by all jobs of a sweep."""

from pathlib import Path

import pytest

from reviewlab.config.compose import compose_unresolved
from reviewlab.config.recompose import Recomposer
from reviewlab.config.sources import read_sources
from reviewlab.exceptions import InputError

SLURM = "# @package _global_\ndefaults:\n  - override /hydra/launcher: slurm\n"
SLOTS = "# @package _global_\nhydra: {launcher: {slots: 3}}\n"


@pytest.fixture
def folder(tmp_path: Path) -> str:
    """A folder of experiments that choose a launcher."""
    (tmp_path / "experiment").mkdir()
    (tmp_path / "experiment" / "on_slurm.yaml").write_text(SLURM)
    (tmp_path / "experiment" / "in_slots.yaml").write_text(SLOTS)
    (tmp_path / "experiment" / "anywhere.yaml").write_text("# @package _global_\nseed: 3\n")
    return f"file://{tmp_path}"


def recomposer(folder: str, *overrides: str) -> Recomposer:
    """Return a recomposer for a sweep with these overrides and this folder of configs."""
    config = compose_unresolved("train", overrides, hydra_too=True, folders=[folder])
    sources = read_sources(config, overrides)
    assert folder in sources.folders
    of_jobs = [o for o in overrides if not o.startswith(("hydra", "sweep"))]
    return Recomposer(sources, of_jobs)


def test_a_file_of_ones_own_is_found_for_every_job(folder: str) -> None:
    assert recomposer(folder).compose(["experiment=anywhere"])["seed"] == 3


@pytest.mark.parametrize(
    ("experiment", "message"),
    [
        ("on_slurm", r"^hydra/launcher: .* 'slurm', .* line: hydra/launcher=slurm$"),
        (
            "in_slots",
            r"^hydra\.launcher\.slots: .* 3, .* 'auto' .* line: hydra\.launcher\.slots=3$",
        ),
    ],
)
def test_a_job_that_would_be_launched_in_another_way_is_refused(
    folder: str, experiment: str, message: str
) -> None:
    with pytest.raises(InputError, match=message) as refused:
        recomposer(folder).compose([f"experiment={experiment}"])
    remedy = str(refused.value).rpartition(" line: ")[2]
    recomposer(folder, remedy).compose([f"experiment={experiment}"])
    recomposer(folder, remedy).compose(["experiment=anywhere"])


def test_an_experiment_of_all_jobs_chooses_for_the_sweep(folder: str) -> None:
    sources = read_sources(
        compose_unresolved("train", ["experiment=on_slurm"], hydra_too=True, folders=[folder]), []
    )
    assert sources.launch is not None
    assert sources.launch["hydra"]["launcher"]["_target_"].endswith(".SlurmLauncher")
    recomposer(folder, "experiment=on_slurm").compose(["seed=1"])


def test_the_command_line_is_stronger_than_an_experiment(folder: str) -> None:
    of_sweep = recomposer(folder, "experiment=on_slurm", "hydra/launcher=local")
    of_sweep.compose(["seed=1"])
