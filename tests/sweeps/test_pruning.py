"""A trial asks whether to continue."""

import warnings
from pathlib import Path

import pytest
from tests.sweeps.searches import Sweep, states

from reviewlab.runs.status import State, Status
from reviewlab.sweeps.pruning import mark, pruning_rule
from reviewlab.sweeps.settings import SearchSettings


@pytest.mark.parametrize("pruner", ["median", "successive_halving"])
def test_a_trial_behind_the_others_is_to_stop_and_one_ahead_is_not(
    tmp_path: Path, pruner: str
) -> None:
    sweep = Sweep(tmp_path / "a", n_trials=8, pruner=pruner)
    search = sweep.launch()
    curves = [[0.6, 0.7, 0.8]] * 6 + [[0.5, 0.5, 0.5], [0.7, 0.8, 0.9]]
    reasons: list[str | None] = []
    for curve in curves:
        job = search.next()
        assert job is not None
        folder = sweep.end(job)
        search.mark(job, folder)
        judge = pruning_rule(folder)
        told = (judge({"epoch": e, "val/accuracy": v}) for e, v in enumerate(curve))
        reasons.append(next((reason for reason in told if reason), None))
        state: State = "pruned" if reasons[-1] else "done"
        search.ended(job, Status(state), sweep.end(job, state))
    reason = "after epoch 2: val/accuracy 0.5000 is behind the other trials"
    assert reasons == [None] * 6 + [reason, None]
    assert states(sweep)[-2:] == ["PRUNED", "COMPLETE"]


def test_an_epoch_trained_again_is_reported_once_and_without_a_word(tmp_path: Path) -> None:
    sweep = Sweep(tmp_path / "a", pruner="median")
    search = sweep.launch()
    job = search.next()
    assert job is not None
    folder = sweep.end(job)
    search.mark(job, folder)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for value in (0.5, 0.6):
            assert pruning_rule(folder)({"epoch": 0, "val/accuracy": value}) is None
    assert pruning_rule(folder)({"epoch": 1, "val/loss": 0.3}) is None
    assert sweep.trials()[0].intermediate_values == {1: 0.5}


def test_nobody_is_stopped_where_no_pruner_was_asked_for(tmp_path: Path) -> None:
    assert pruning_rule(tmp_path)({"epoch": 0, "val/accuracy": 0.0}) is None
    mark(tmp_path, 0, "val/accuracy", SearchSettings(pruner="median"))
    mark(tmp_path, 0, "val/accuracy", SearchSettings(pruner=None))
    assert not (tmp_path / "trial.json").exists()
