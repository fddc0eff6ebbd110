"""Another process may stop a run after an epoch."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import torch
from tests.training.tiny import Setup


def run(setup: Setup, stop_after: int, **options: Any) -> tuple[dict[str, Any], list[int]]:
    """Train until an epoch (from 1); return the result and the reported epochs."""
    heard = []

    def stop_rule(epoch: Mapping[str, float]) -> str | None:
        assert 0 <= epoch["val/accuracy"] <= 1
        heard.append(int(epoch["epoch"]) + 1)
        return "the others are ahead" if heard[-1] >= stop_after else None

    classifier, data, training = setup.build()
    return replace(training, stop_rule=stop_rule).run(classifier, data, **options), heard


def test_it_ends_with_that_epoch_saved_and_says_why(setup: Setup) -> None:
    result, heard = run(setup, stop_after=2)
    assert heard == [1, 2]
    assert len(result.curves) == 2
    assert result.pruned == "the others are ahead"
    last = torch.load(setup.folder / "checkpoints" / "last.ckpt", weights_only=True)
    assert last["global_step"] == result.curves[-1]["step"]


def test_nothing_is_left_to_stop_after_the_last_epoch(setup: Setup) -> None:
    result, heard = run(setup, stop_after=3)
    assert heard == [1, 2, 3]
    assert result.pruned is None


def test_the_test_split_is_not_touched(setup: Setup) -> None:
    assert run(setup, stop_after=1, test=True)[0].test is None
    assert run(Setup(setup.folder / "whole"), stop_after=9, test=True)[0].test is not None


def test_one_who_goes_on_all_the_same_gets_the_run_that_was_never_stopped(setup: Setup) -> None:
    run(setup, stop_after=1)
    result, weights = setup.run(resume=True)
    expected, expected_weights = Setup(setup.folder / "whole").run()
    assert result.curves == expected.curves
    assert all(torch.equal(weights[name], expected_weights[name]) for name in weights)


def test_an_epoch_that_the_budget_cuts_short_is_not_judged(setup: Setup) -> None:
    setup.trainer = {"max_steps": 7}  # an epoch has five
    assert run(setup, stop_after=9)[1] == [1]
