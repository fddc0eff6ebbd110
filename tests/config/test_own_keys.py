"""A key that only some choices of a group have is set for these; one that none has is refused."""

from collections.abc import Sequence

import pytest

from reviewlab.config.own_keys import OwnKeys
from reviewlab.config.sources import TRAIN
from reviewlab.exceptions import InputError
from reviewlab.planning.plan import Planner
from reviewlab.sweeps.settings import SweepSettings

CHOICES = {
    "model": ["model=lstm", "model=mlp", "model=pretrained"],
    "data/text": ["data/text=words", "data/text=bpe"],
}


def applicable(overrides: Sequence[str], *chosen: str) -> list[str]:
    return OwnKeys(TRAIN, CHOICES).applicable(overrides, chosen)


@pytest.mark.parametrize(
    ("override", "chosen", "applies"),
    [
        ("model.source=a", "model=pretrained", True),  # it has no value until one is given
        ("model.source=a", "model=lstm", False),
        ("model.pooling=mean", "model=mlp", False),
        ("model.pooling=mean", "model=lstm", True),
        ("model.no_such_key=1", "model=lstm", True),  # to be refused
        ("+model.source=a", "model=lstm", True),  # so is this
        ("optimizer.lr=1", "model=lstm", True),
        ("seed=1", "model=lstm", True),
        ("data.text.num_tokens=300", "data/text=words", False),
        ("data.text.num_tokens=300", "data/text=bpe", True),
        ("data.text.max_length=9", "data/text=words", True),
    ],
)
def test_what_means_nothing_to_a_job_is_left_out(override: str, chosen: str, applies: bool) -> None:
    assert applicable([override], chosen) == ([override] if applies else [])


def test_nothing_is_composed_where_no_group_varies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reviewlab.config.own_keys.compose_unresolved", None)
    overrides = ["model.hidden_size=3", "optimizer.lr=1"]
    assert OwnKeys(TRAIN, {"optimizer.lr": overrides[1:]}).applicable(overrides, []) == overrides


def test_a_shared_key_is_set_for_the_jobs_that_have_it() -> None:
    arguments = ["data.reviews=200", "model=mlp,lstm", "model.pooling=mean"]
    planner = Planner(arguments, SweepSettings(), "s")
    mlp, lstm = planner.jobs()
    assert planner.overrides(mlp) == ["data.reviews=200", "model=mlp"]
    assert planner.overrides(lstm) == ["data.reviews=200", "model.pooling=mean", "model=lstm"]
    assert planner.experiment(lstm).model.value("pooling") == "mean"


def test_a_key_that_varies_has_to_be_there_for_all() -> None:
    with pytest.raises(InputError, match=r"^job 0 \(.*\): model\.pooling: no such key"):
        Planner(["model=mlp,lstm", "model.pooling=last,mean"], SweepSettings(), "s").jobs()


def test_a_key_that_no_choice_has_is_refused() -> None:
    with pytest.raises(InputError, match=r"model\.poling: no such key"):
        Planner(["model=mlp,lstm", "model.poling=last"], SweepSettings(), "s").jobs()
