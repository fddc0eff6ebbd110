"""The dimensions of a search space."""

import optuna
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewlab.sweeps.space import DIGITS, Choice, Interval, Space, corners, draw, number_from


@given(st.integers(0, 1000))
def test_what_is_drawn_lies_within_and_is_short(seed: int) -> None:
    space: Space = {
        "lr": Interval(1e-4, 1e-1, log=True),
        "+layers": Interval(2, 8, step=3),
        "model": Choice(("lstm", "gru")),
    }
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=seed))
    lr, layers, model = draw(space, study.ask())
    key, _, number = lr.partition("=")
    assert key == "lr"
    assert 1e-4 <= float(number) <= 1e-1
    assert len(number.partition("e")[0].replace(".", "").strip("0")) <= DIGITS
    assert layers in ("+layers=2", "+layers=5", "+layers=8")
    assert model in ("model=lstm", "model=gru")


def test_a_number_that_is_cut_short_stays_within_its_ends() -> None:
    interval = Interval(0.12345678, 0.12345679)
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    assert 0.12345678 <= float(interval.draw(study.ask(), "x")) <= 0.12345679


@pytest.mark.parametrize(
    ("dimension", "text"),
    [
        (Choice(("a", "b")), "choice(a,b)"),
        (Interval(0.1, 1.0), "interval(0.1,1.0)"),
        (Interval(1, 8), "int(interval(1,8))"),
        (Interval(1, 8, step=1), "int(interval(1,8))"),
        (Interval(1, 9, step=2), "interval(1,9) by 2"),
        (Interval(0.0, 1.0, step=0.25), "interval(0.0,1.0) by 0.25"),
        (Interval(1e-4, 1e-1, log=True), "tag(log,interval(0.0001,0.1))"),
        (Interval(1, 64, log=True), "tag(log,int(interval(1,64)))"),
    ],
)
def test_a_dimension_is_written_alike_for_good(dimension: Choice | Interval, text: str) -> None:
    """These texts are in the file of a sweep, which another version has to accept."""
    assert str(dimension) == text


def test_every_choice_and_both_ends_are_in_some_corner() -> None:
    space: Space = {"a": Choice(("x", "y", "z")), "b": Interval(1, 2)}
    assert corners(space) == [
        ("a=x", "b=1"),
        ("a=y", "b=1"),
        ("a=z", "b=1"),
        ("a=x", "b=2"),
    ]


def test_a_text_is_the_same_number_for_good() -> None:
    texts = ("", "sweep", "sweep/1")
    assert [number_from(text) for text in texts] == [1672528962, 1607677846, 668467101]
