"""Pruners on synthetic curves."""

from pathlib import Path

import pytest
from tests.reporting.folders import config, run

from reviewlab.benchmarks.pruning import Trial, main, read_trials, replay


def curve(best: float, epochs: int = 8) -> list[float]:
    return [best * (1 - 0.5 ** (epoch + 1)) for epoch in range(epochs)]


TRIALS = [Trial(curve(best), best) for best in (0.9, 0.8, 0.3, 0.2, 0.1, 0.85, 0.15)]


@pytest.mark.parametrize("kind", ["median", "successive_halving"])
def test_what_falls_behind_is_stopped_and_the_best_is_found(kind: str) -> None:
    outcome = replay(TRIALS, kind, min_epochs=1)
    assert 0 < outcome.saved < 1
    assert outcome.regret == pytest.approx(0)


def test_alike_trials_are_all_trained_to_the_end() -> None:
    assert replay([TRIALS[0]] * 5, "median", min_epochs=1) == (0.0, 0.0)


def test_recorded_trials_are_those_that_ended(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for seed, value in enumerate((0.5, 0.7)):
        run(tmp_path / "jobs" / str(seed), config(seed=seed), value)
    run(tmp_path / "jobs" / "lost", config(seed=9), state="pruned")
    assert read_trials(tmp_path) == [Trial([0.4, 0.5], 0.5), Trial([0.4, 0.7], 0.7)]
    main(tmp_path)
    first, *lines = capsys.readouterr().out.splitlines()
    assert first.startswith("2 trials, best val/accuracy 0.7000")
    assert [line.split()[:2] for line in lines] == [
        [kind, f"min_epochs={epochs}"]
        for kind in ("median", "successive_halving")
        for epochs in (1, 2)
    ]
