"""Values that only some of the choices know which vary."""

import pytest

from reviewlab.config.command_line import choices_vary, held_back_values
from reviewlab.config.compose import CONFIGS
from reviewlab.config.request import SweepRequest, compose
from reviewlab.exceptions import InputError
from reviewlab.planning.plan import Planner
from reviewlab.sweeps.settings import SweepSettings

VARIES = ["-m", "optimizer.momentum=0.8", "optimizer=momentum,nesterov", "trainer.max_epochs=2"]


def test_each_job_gets_what_its_choice_knows() -> None:
    asked = compose("train", VARIES)
    assert isinstance(asked, SweepRequest)
    assert asked.arguments == VARIES[1:]
    assert "momentum" not in asked.config["optimizer"]  # adam, when nothing varies
    assert asked.config["trainer"]["max_epochs"] == 2
    jobs = Planner(["data.reviews=200", *asked.arguments], SweepSettings(), "s").jobs()
    assert [job.overrides for job in jobs] == [("optimizer=momentum",), ("optimizer=nesterov",)]


def test_a_key_that_no_choice_knows_is_refused_with_its_job() -> None:
    with pytest.raises(InputError, match=r"^optimizer\.momentun: no such key"):
        compose("train", ["-m", "optimizer.momentun=0.8", "seed=0,1"])


def test_a_wrong_key_beside_varying_choices_names_the_job() -> None:
    asked = compose("train", ["-m", "optimizer=momentum,nesterov", "optimizer.momentun=0.8"])
    assert isinstance(asked, SweepRequest)
    said = r"job 0 \(optimizer=momentum\): optimizer.momentun: no such key; did you mean"
    with pytest.raises(InputError, match=said):
        Planner(asked.arguments, SweepSettings(), "s").jobs()


@pytest.mark.parametrize(
    ("argument", "varies"),
    [
        ("model=lstm,gru", True),
        ("sweep=learning_rate", True),
        ("model=lstm", False),
        ("optimizer.lr=1,2", False),
        ("--multirun", False),
    ],
)
def test_whether_choices_vary(argument: str, varies: bool) -> None:
    assert choices_vary([argument], CONFIGS) is varies


def test_only_keys_of_a_run_are_held_back() -> None:
    said = [
        "-m",
        "model=gru",
        "model.num_layers=2",
        "sweep.name=a",
        "hydra.launcher.slots=1",
        "+a.b=1",
    ]
    assert held_back_values(said) == ["model.num_layers=2"]
