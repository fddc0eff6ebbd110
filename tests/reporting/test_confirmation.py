"""Trials that were run again come first, and are compared by their new runs alone."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.reporting.boards import table

from reviewlab.reporting.answer import answer
from reviewlab.reporting.cells import heading
from reviewlab.reporting.columns import columns
from reviewlab.reporting.files import write_csv
from reviewlab.reporting.leaderboard import Leaderboard, build_leaderboard
from reviewlab.reporting.optimism import optimism_sentence
from reviewlab.reporting.plan import Plan, RacePlan
from reviewlab.reporting.rows import Row

ROUNDS = ["71", "72", "73"]
PLAN = Plan(ROUNDS, None, RacePlan(ROUNDS, 2, [0, 1]))
SEARCHED = {"0": 0.9, "1": 0.85, "2": 0.8, "3": 0.84}
CONFIRMED = {"0": (0.84, 0.86, 0.85), "1": (0.86, 0.87, 0.88)}


def row(name: str, seed: str, value: float | None, state: str = "done") -> Row:
    return Row(
        Path(f"{name}-{seed}"),
        state,
        settings={"optimizer.lr": int(name)},
        configuration_id="" if value is None else name,
        seed=seed,
        value=value,
        best={"val/accuracy": value, "seed": seed},
        seconds=1.0,
    )


def trials() -> list[Row]:
    return [row(name, "0", value) for name, value in SEARCHED.items()]


def confirming() -> list[Row]:
    pairs = [(name, *pair) for name, v in CONFIRMED.items() for pair in zip(ROUNDS, v, strict=True)]
    return [row(*one) for one in pairs]


def board(rows: list[Row], mode: str = "max", plan: Plan = PLAN) -> Leaderboard:
    return build_leaderboard(rows, "val/accuracy", mode, plan)


def test_confirmed_trials_come_first_and_the_others_without_a_claim() -> None:
    made = board(trials() + confirming())
    assert [line.configuration_id for line in made.lines] == ["1", "0", "3", "2"]
    assert [line.verdict for line in made.lines][2:] == ["unknown"] * 2
    assert made.lines[0].verdict == "best"
    assert [line.n for line in made.lines] == [3, 3, 1, 1]
    assert made.plan == 3
    assert made.race is not None


def test_the_trial_stands_beside_its_runs_and_does_not_count() -> None:
    made, alone = board(trials() + confirming()), board(confirming())
    for line, other in zip(made.lines, alone.lines, strict=False):
        assert line.mean == pytest.approx(sum(CONFIRMED[line.configuration_id]) / 3)
        assert (line.mean, line.bounds, line.p) == (other.mean, other.bounds, other.p)
        assert line.trial is not None
        assert line.trial.value == SEARCHED[line.configuration_id]
    optimism = [line.optimism for line in made.lines]
    assert optimism == [pytest.approx(-0.02), pytest.approx(0.05), None, None]


def test_where_less_is_better_too_low_a_value_was_promised() -> None:
    made = board(trials() + confirming(), "min")
    assert {line.configuration_id: line.optimism for line in made.lines}["0"] == pytest.approx(
        -0.05
    )


def test_the_sentence_says_how_much_was_luck() -> None:
    sentence = (
        "The search's best promised 0.9000; confirmed with 3 fresh seeds it is 0.8500: 0.0500 of it"
        " was luck; on average over 2 confirmed trials, 0.0150 too much was promised."
    )
    made = board(trials() + confirming())
    assert optimism_sentence(made) == sentence
    assert sentence in answer(made)
    only = [one for one in confirming() if one.configuration_id == "1"]
    said = optimism_sentence(board([*trials(), *only]))
    assert said.endswith("confirmed with 3 fresh seeds it is 0.8700: 0.0200 better than promised.")
    assert optimism_sentence(board(trials())) == ""


def test_the_heading_counts_the_runs_of_the_race() -> None:
    waiting = row("1", "73", None, "running")
    made = board([*trials(), *confirming()[:-1], waiting])
    assert heading(made) == (
        "4 configurations, 9 runs, by val/accuracy (highest first); confirmation, round 3 of 3: "
        "2 of 2 still in; 5 of at most 6 runs"
    )
    assert made.lines[[line.configuration_id for line in made.lines].index("1")].unfinished == 1


def test_before_the_first_run_the_table_is_that_of_the_search() -> None:
    plain = board(trials(), plan=Plan())
    assert board(trials()).lines == plain.lines
    assert "searched" not in [column.title for column in columns(plain)]


def test_the_files_have_searched_and_confirmed_values(tmp_path: Path) -> None:
    made = board([replace(one, folder=tmp_path / one.folder) for one in trials() + confirming()])
    write_csv(made, tmp_path)
    first, *_, last = table(tmp_path / "leaderboard.csv")
    assert (first["searched"], float(first["optimism"])) == ("0.85", pytest.approx(-0.02))
    assert first["folders"].split() == ["1-71", "1-72", "1-73", "1-0"]
    assert (last["searched"], last["optimism"]) == ("", "")
    titles = {column.title: column.cells for column in columns(made)}
    assert titles["searched"] == ["0.8500", "0.9000", "", ""]
    assert titles["optimism"] == ["-0.0200", "+0.0500", "", ""]


def test_a_trial_whose_folder_is_gone_leaves_its_runs_in_the_table() -> None:
    made = board([one for one in trials() if one.configuration_id != "1"] + confirming())
    assert made.lines[0].configuration_id == "1"
    assert made.lines[0].settings == {"optimizer.lr": "1"}
    assert made.lines[0].optimism is None


@given(st.permutations(trials() + confirming()))
def test_the_order_of_the_runs_does_not_matter(rows: list[Row]) -> None:
    assert board(rows).lines == board(trials() + confirming()).lines
