"""A search is checked before its first trial, and refused in one line."""

from pathlib import Path

import pytest

from reviewlab.config.request import compose_request
from reviewlab.config.sweep_request import SweepRequest
from reviewlab.exceptions import InputError
from reviewlab.planning.search import SearchPlan, plan_search
from reviewlab.sweeps.folder import SweepFolder

COMMAND = ["-m", "hydra/sweeper=optuna", "data.reviews=300", "model=mlp"]
LR = "optimizer.lr=tag(log,interval(1e-4,1e-1))"


def plan(*arguments: str, name: str = "a") -> SearchPlan:
    request = compose_request("train", [*COMMAND, *arguments])
    assert isinstance(request, SweepRequest)
    assert request.search is not None
    return plan_search(request, request.search, name)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["optimizer.lrr=interval(0,1)"], "did you mean 'optimizer.lr'?"),
        (["optimizer.lr=interval(-1,1)"], "optimizer.lr: -1.0 is not allowed"),
        (["model=mlp,lstmm"], "did you mean 'lstm'?"),
        ([LR, "hydra.sweeper.n_trials=0"], "hydra.sweeper.n_trials: 0"),
        ([LR, "hydra.sweeper.n_trial=3"], "did you mean 'hydra.sweeper.n_trials'?"),
        ([LR, "hydra.sweeper.sampler=tpee"], "did you mean 'tpe'?"),
        ([LR, "hydra.sweeper.pruner=none"], "median, successive_halving or null"),
        ([LR, "hydra.sweeper.objectives={val/acuracy:max}"], "did you mean 'val/accuracy'?"),
        ([LR, "hydra.sweeper.objectives={val/accuracy:most}"], "'most' is not allowed"),
        ([LR, "hydra.sweeper.objectives={val/accuracy:min}"], "'min' is not allowed; allowed: max"),
        ([LR, "sweep.metric=val/los"], "did you mean 'val/loss'?"),
        (
            [
                LR,
                "hydra.sweeper.objectives={val/accuracy:max,parameters:min}",
                "hydra.sweeper.pruner=median",
            ],
            "several objectives",
        ),
        (["optimizer.lr=1e-3"], "nothing to search"),
    ],
)
def test_a_mistake_is_told_with_what_is_allowed(arguments: list[str], message: str) -> None:
    with pytest.raises(InputError) as caught:
        plan(*arguments)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_is_shown_is_what_will_be_drawn(tmp_path: Path) -> None:
    options = ["hydra.sweeper.n_trials=5", "hydra.sweeper.n_startup_trials=3"]
    made = plan(LR, "model.hidden_size=int(interval(1,8))", *options)
    jobs, note = made.preview()
    assert note.startswith("2 more trials")
    folder = SweepFolder(tmp_path / "a")
    folder.path.mkdir()
    search = made.work(folder, {})
    assert [search.next() for _ in jobs] == jobs
    assert jobs != plan(LR, "model.hidden_size=int(interval(1,8))", *options, name="b").preview()[0]
