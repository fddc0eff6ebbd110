"""Every file in `conf/sweep/` has valid keys and jobs that can be planned."""

from pathlib import Path
from typing import Any

import pytest
from omegaconf import OmegaConf
from tests.conf.first_comment import first_comment

from reviewlab.config.bind import bind
from reviewlab.config.compose import CONFIGS, compose_unresolved
from reviewlab.exceptions import InputError
from reviewlab.planning.plan import Planner
from reviewlab.sweeps.settings import SweepSettings

FOLDER = CONFIGS / "sweep"
FILES = sorted(str(p.relative_to(FOLDER).with_suffix("")) for p in FOLDER.rglob("*.yaml"))
ISSUED = {"learning_rate", "num_layers", "label_smoothing", "optimizers", "architectures"}
SMALL = ["data=demo", "data.reviews=200"]


def node(name: str) -> dict[str, Any]:
    """Return the node `sweep` of a file."""
    said = OmegaConf.to_container(
        compose_unresolved("train", [f"sweep={name}"]).sweep, resolve=True
    )
    assert isinstance(said, dict)
    return {str(key): value for key, value in said.items()}


def settings(said: dict[str, Any]) -> SweepSettings:
    return bind(said, SweepSettings, "sweep")


def varied_nodes(said: dict[str, Any]) -> list[dict[str, Any]]:
    """Yield the mappings of a file whose keys are settings of runs."""
    return [part for part in (said["grid"], *said["zip"]) if part]


def names_its_data(name: str) -> bool:
    """Tell whether a file chooses data, or experiments that do."""
    keys = {key for part in varied_nodes(node(name)) for key in part}
    return bool(keys & {"data", "experiment"})


OWN_DATA = [name for name in FILES if names_its_data(name)]
SWEEPS = [name for name in FILES if name not in ("default", *OWN_DATA)]


@pytest.fixture
def made_data(
    made_imdb: Path, made_netflix: Path, made_mnist: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Use synthetic reviews and images instead of the real ones."""
    monkeypatch.setenv("REVIEWLAB_IMDB", str(made_imdb))
    monkeypatch.setenv("REVIEWLAB_NETFLIX", str(made_netflix))
    monkeypatch.setenv("REVIEWLAB_MNIST", str(made_mnist))


def refused(said: dict[str, Any]) -> str:
    with pytest.raises(InputError) as raised:
        Planner(SMALL, settings(said), "s").jobs()
    return str(raised.value)


def test_all_that_are_promised_are_there() -> None:
    assert {*SWEEPS} >= ISSUED | {"lr_layers_smoothing", "demo"}


@pytest.mark.parametrize("name", FILES)
def test_opens_with_the_command_that_runs_it(name: str) -> None:
    first = first_comment(FOLDER / f"{name}.yaml")
    assert first.startswith(f"# python scripts/train.py -m sweep={name}")


@pytest.mark.parametrize("name", FILES)
def test_a_misspelt_key_is_refused(name: str) -> None:
    said = node(name)
    for key in said:
        for wrong in (f"{key}x", key[:-1], f"{key[0]}_{key[1:]}"):
            with pytest.raises(InputError, match=rf"^sweep\.{wrong}: no such key; did you mean"):
                settings({**said, wrong: said[key]})


@pytest.mark.parametrize("name", SWEEPS)
def test_a_misspelt_key_that_varies_is_refused(name: str) -> None:
    said = node(name)
    for part in varied_nodes(said):
        for key in [*part]:
            changed = {k if k != key else f"{k[:-1]}_{k[-1]}": v for k, v in part.items()}
            rest = [p if p is not part else changed for p in said["zip"]]
            grid = changed if part is said["grid"] else said["grid"]
            assert f"did you mean {key!r}?" in refused({**said, "grid": grid, "zip": rest})


@pytest.mark.parametrize("name", SWEEPS)
def test_its_jobs_can_be_planned(name: str) -> None:
    said = node(name)
    jobs = Planner(SMALL, settings(said), name).jobs()
    assert len({job.configuration_id for job in jobs}) * (said["seeds"] or 1) == len(jobs)
    assert len(jobs) > 3


@pytest.mark.parametrize("name", OWN_DATA)
@pytest.mark.usefixtures("made_data")
def test_its_jobs_can_be_planned_on_data_of_its_own(name: str) -> None:
    said = node(name)
    few = {**said, "seeds": min(said["seeds"] or 1, 3)}  # hundreds of seeds are planned alike
    jobs = Planner([], settings(few), name).jobs()
    assert len({job.configuration_id for job in jobs}) > 1
    assert len(jobs) > 3


@pytest.mark.parametrize("name", OWN_DATA)
def test_every_experiment_that_is_named_is_there(name: str) -> None:
    said = node(name)
    values = [part["experiment"] for part in varied_nodes(said) if "experiment" in part]
    named = [one for value in values for one in value]
    rules = [rule["experiment"] for rule in said["exclude"]]
    for experiment in (*named, *(one for rule in rules for one in rule)):
        assert (CONFIGS / "experiment" / f"{experiment}.yaml").is_file()


@pytest.mark.real_data
@pytest.mark.parametrize("data", ["imdb", "netflix"])
@pytest.mark.parametrize("name", SWEEPS)
def test_its_jobs_can_be_planned_on_real_reviews(
    name: str, data: str, imdb_source: Path, netflix_source: Path
) -> None:
    said = node(name)
    assert len(Planner([f"data={data}"], settings(said), name).jobs()) > 3


def test_an_unknown_choice_is_refused() -> None:
    said = node("architectures")
    assert "did you mean 'lstm'?" in refused({**said, "grid": {"model": ["gru", "lstn"]}})
