"""The journal of a search, its sampler and its pruner."""

import json
from pathlib import Path
from typing import Any

import optuna
import pytest
from optuna.pruners import NopPruner
from tests.sweeps.searches import Sweep

from reviewlab.exceptions import InputError
from reviewlab.sweeps.settings import SearchSettings
from reviewlab.sweeps.study import (
    JOURNAL,
    STARTUP_TRIALS,
    pruner,
    sampler,
)


@pytest.mark.parametrize("cut", [1, 10, 40])
def test_half_a_line_that_a_writer_left_is_cut_off(tmp_path: Path, cut: int) -> None:
    whole, torn = (Sweep(tmp_path / name / "a") for name in "xy")
    expected = whole.work(whole.launch())
    did = torn.work(torn.launch(), 3)
    journal = torn.folder.path / JOURNAL
    with journal.open("a") as file:
        file.write('{"op_code":4,"worker_id":"a very long identifier of a process"'[:cut])
    search = torn.launch()
    assert len(search.earlier()) == 3
    assert did + torn.work(search) == expected
    assert all(json.loads(line) for line in journal.read_text().splitlines())


def test_a_journal_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    sweep = Sweep(tmp_path / "a")
    (sweep.folder.path / JOURNAL).write_text("nonsense\n{}\n")
    with pytest.raises(InputError, match="another name"):
        sweep.launch()


@pytest.mark.parametrize("kind", ["tpe", "random"])
def test_what_is_drawn_follows_from_seed_and_number_alone(kind: Any) -> None:
    settings = SearchSettings(sampler=kind, n_startup_trials=100)

    def drawn(seed: int, number: int) -> float:
        study = optuna.create_study(sampler=sampler(settings, seed, number))
        return study.ask().suggest_float("x", 0, 1)

    assert drawn(0, 1) == drawn(0, 1)
    assert len({drawn(0, 1), drawn(0, 2), drawn(1, 1)}) == 3


def test_a_pruner_waits_for_the_epochs_that_every_trial_gets() -> None:
    assert isinstance(pruner(None, 2), NopPruner)
    for kind in ("median", "successive_halving"):
        study = optuna.create_study(pruner=pruner(kind, 3), direction="maximize")
        for _ in range(STARTUP_TRIALS):
            trial = study.ask()
            for step in range(1, 5):
                trial.report(0.9, step)
            study.tell(trial, 0.9)
        trial = study.ask()
        stops = []
        for step in range(1, 4):
            trial.report(0.1, step)
            stops.append(trial.should_prune())
        assert not any(stops[:2])
