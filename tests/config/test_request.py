"""A command line asks for one run or a sweep; keys that only some choices have are held back."""

import pytest

from reviewlab.config.request import HYDRAS_FOLDERS, RunRequest, compose_request
from reviewlab.config.sweep_request import SweepRequest
from reviewlab.exceptions import InputError
from reviewlab.planning.plan import Planner
from reviewlab.sweeps.settings import SweepSettings


@pytest.mark.parametrize(
    "path", ["/home/jörg/a b", "/x/a=1,b[2](3){4}", '/it\'s/"q"', "/b\\'c", "/a:b", "/it\\\\'s"]
)
def test_paths_on_the_command_line_are_taken_as_they_stand(path: str) -> None:
    job = compose_request("train", [f"outputs={path}", "seed=3"])
    assert isinstance(job, RunRequest)
    assert (job.config["outputs"], job.config["seed"]) == (path, 3)


VARIES = ["-m", "optimizer.momentum=0.8", "optimizer=momentum,nesterov", "trainer.max_epochs=2"]


def test_each_job_gets_what_its_choice_knows() -> None:
    asked = compose_request("train", VARIES)
    assert isinstance(asked, SweepRequest)
    assert asked.arguments == VARIES[1:]
    assert "momentum" not in asked.config["optimizer"]  # adam, when nothing varies
    assert asked.config["trainer"]["max_epochs"] == 2
    jobs = Planner(["data.reviews=200", *asked.arguments], SweepSettings(), "s").jobs()
    assert [job.overrides for job in jobs] == [("optimizer=momentum",), ("optimizer=nesterov",)]


def test_a_key_that_no_choice_knows_is_refused_with_its_job() -> None:
    with pytest.raises(InputError, match=r"^optimizer\.momentun: no such key"):
        compose_request("train", ["-m", "optimizer.momentun=0.8", "seed=0,1"])


def test_a_wrong_key_beside_varying_choices_names_the_job() -> None:
    asked = compose_request(
        "train", ["-m", "optimizer=momentum,nesterov", "optimizer.momentun=0.8"]
    )
    assert isinstance(asked, SweepRequest)
    message = r"job 0 \(optimizer=momentum\): optimizer.momentun: no such key; did you mean"
    with pytest.raises(InputError, match=message):
        Planner(asked.arguments, SweepSettings(), "s").jobs()


@pytest.mark.parametrize("key", HYDRAS_FOLDERS)
@pytest.mark.parametrize("prefix", ["", "+", "++", "~"])
def test_where_hydra_would_write_decides_nothing(key: str, prefix: str) -> None:
    with pytest.raises(InputError, match=rf"^{key}: has no effect here; outputs="):
        compose_request("train", ["seed=1", f"{prefix}{key}=x"])


def test_what_is_said_of_a_sweep_needs_the_flag() -> None:
    with pytest.raises(InputError, match=r"^sweep\.name=a: only a sweep has this setting; add -m$"):
        compose_request("train", ["sweep.name=a"])
