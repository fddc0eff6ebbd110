"""From the description of a sweep to the overrides of each job."""

import itertools
from typing import Any

import pytest

from reviewlab.config.grammar import Grammar
from reviewlab.exceptions import InputError
from reviewlab.planning.grid import OverrideGrid, expand_grid
from reviewlab.sweeps.settings import SweepSettings

GRAMMAR = Grammar()


def expand(*arguments: str, name: str = "s", **settings: Any) -> OverrideGrid:
    return expand_grid(arguments, SweepSettings(**settings), name, GRAMMAR)


def jobs(*arguments: str, **settings: Any) -> list[tuple[str, ...]]:
    return [*expand(*arguments, **settings)]


def refused(*arguments: str, **settings: Any) -> str:
    """Return the error message."""
    with pytest.raises(InputError) as raised:
        expand(*arguments, **settings)
    assert "\n" not in str(raised.value)
    return str(raised.value)


def test_what_does_not_vary_is_said_once() -> None:
    made = expand("data=imdb", "optimizer.lr=1e-3,1e-2", "~trainer.profiler", "name=null")
    assert made.fixed == ["data=imdb", "~trainer.profiler", "name=null"]
    assert made.varied == ("optimizer.lr",)
    assert [*made] == [("optimizer.lr=0.001",), ("optimizer.lr=0.01",)]


def test_every_combination_in_order_and_seeds_are_the_outermost_loop() -> None:
    made = jobs("model=lstm,gru", "seed=range(2)", "optimizer.lr=1,2")
    loops = itertools.product((0, 1), ("lstm", "gru"), (1, 2))
    assert made == [(f"seed={s}", f"model={m}", f"optimizer.lr={lr}") for s, m, lr in loops]


def test_folds_are_the_loop_within_seeds() -> None:
    made = expand("model=lstm,gru", seeds=2, folds=3)
    assert made.fixed == ["data.folds=3"]
    assert made.varied == ("seed", "data.fold", "model")
    loops = itertools.product(range(2), range(3), ("lstm", "gru"))
    assert [*made] == [(f"seed={s}", f"data.fold={f}", f"model={m}") for s, f, m in loops]


def test_a_sweep_can_run_some_of_the_folds() -> None:
    made = expand("data.fold=1,2", folds=3)
    assert made.fixed == ["data.folds=3"]
    assert [*made] == [("data.fold=1",), ("data.fold=2",)]


def test_the_number_of_folds_is_given_once() -> None:
    expected = "sweep.folds: 3 cannot be combined with data.folds"
    assert refused("data.folds=5", folds=3).startswith(expected)
    assert refused(folds=3, grid={"data.folds": [3]}).startswith(expected)


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        ("seed=range(1,6,2)", ["seed=1", "seed=3", "seed=5"]),
        ("model=glob([l*,gru])", ["model=gru", "model=lstm", "model=lstm_attention"]),
        ("model=glob(*,exclude=[b*,c*,g*,i*,l*,m*,n*,p*])", ["model=rnn", "model=transformer"]),
        ("optimizer.lr=choice(1e-3,2e-3)", ["optimizer.lr=0.001", "optimizer.lr=0.002"]),
        ("optimizer.lr=sort(3,1,2)", [f"optimizer.lr={n}" for n in (1, 2, 3)]),
        ("+optimizer.fused=true,false", ["+optimizer.fused=true", "+optimizer.fused=false"]),
        ("name='a,b','c=d'", ["name='a,b'", "name='c=d'"]),
        ("model.widths=[2,3],[4]", ["model.widths=[2,3]", "model.widths=[4]"]),
    ],
)
def test_values_as_hydra_has_them(argument: str, expected: list[str]) -> None:
    assert [override for [override] in jobs(argument)] == expected
    key, _, text = argument.partition("=")
    if not key.startswith("+"):
        assert [override for [override] in jobs(grid={key: text})] == expected


def test_a_file_lists_values() -> None:
    assert jobs(grid={"optimizer.lr": [1e-3, 0.1], "model": ["lstm", "gru"]}, seeds=1) == [
        ("optimizer.lr=0.001", "model=lstm"),
        ("optimizer.lr=0.001", "model=gru"),
        ("optimizer.lr=0.1", "model=lstm"),
        ("optimizer.lr=0.1", "model=gru"),
    ]
    assert expand(seeds=1).fixed == ["seed=0"]


def test_the_command_line_wins_over_the_file() -> None:
    made = expand("optimizer.lr=5", "seed=7", grid={"optimizer.lr": [1, 2]}, seeds=3)
    assert (made.fixed, [*made]) == (["optimizer.lr=5", "seed=7"], [()])
    pairs: list[dict[str, Any]] = [{"optimizer": ["sgd", "adam"], "optimizer.lr": [1.0, 0.1]}]
    assert jobs("optimizer.lr=3", zip=pairs) == [("optimizer=sgd",), ("optimizer=adam",)]


def test_zipped_values_are_walked_together() -> None:
    pairs: list[dict[str, Any]] = [{"optimizer": ["sgd", "adam"], "optimizer.lr": "1,0.1"}]
    assert jobs("seed=0,1", zip=pairs) == [
        (f"seed={seed}", f"optimizer={name}", f"optimizer.lr={lr}")
        for seed, (name, lr) in itertools.product((0, 1), (("sgd", 1), ("adam", 0.1)))
    ]


def test_excluded_are_those_that_match_a_whole_rule() -> None:
    rules: list[dict[str, Any]] = [{"model": "gru", "optimizer.lr": [1e-3, 1e-2]}, {"seed": 1}]
    made = jobs("model=lstm,gru", "optimizer.lr=1e-3,1e-1", "seed=0,1", exclude=rules)
    assert made == [
        ("seed=0", "model=lstm", "optimizer.lr=0.001"),
        ("seed=0", "model=lstm", "optimizer.lr=0.1"),
        ("seed=0", "model=gru", "optimizer.lr=0.1"),
    ]
    made = jobs("model=gru", "optimizer.lr=1e-3,1e-1", exclude=rules[:1])
    assert made == [("optimizer.lr=0.1",)]


def test_a_null_seed_is_drawn_from_the_name_and_the_position() -> None:
    made = [override for [override] in jobs("seed=7,null,null")]
    assert made[0] == "seed=7"
    assert len({*made}) == 3
    assert all(override.removeprefix("seed=").isdecimal() for override in made)
    assert made == [override for [override] in jobs("seed=7,null,null")]
    assert made[1:] != [override for [override] in jobs("seed=7,null,null", name="t")][1:]
    assert jobs("seed=null")[0][0].removeprefix("seed=").isdecimal()


@pytest.mark.parametrize(
    ("arguments", "settings", "message"),
    [
        (["model=glob(xyz*)"], {}, "model=glob(xyz*): matches no file in conf/model/; allowed: "),
        (["modle=glob(*)"], {}, "modle=glob(*): there is no conf/modle/; did you mean 'model'?"),
        (["optimizer.lr=glob(*)"], {}, "optimizer.lr=glob(*): there is no conf/optimizer.lr/"),
        (["seed=range(0)"], {}, "seed=range(0): no value"),
        (["optimizer.lr=interval(0,1)"], {}, "optimizer.lr=interval(0,1): a grid cannot contain"),
        ([], {"grid": {"optimizer.lr": []}}, "sweep: optimizer.lr: no value"),
        ([], {"zip": [{"seed": [], "model": []}]}, "sweep: seed: no value"),
        ([], {"zip": [{"seed": [1, 2], "model": ["rnn"]}]}, "sweep.zip: seed has 2, model has 1;"),
        ([], {"grid": {"seed": [1]}, "zip": [{"seed": [2]}]}, "sweep: 'seed' is listed twice"),
        ([], {"zip": [{"seed": [1]}, {"seed": [2]}]}, "sweep: 'seed' is listed twice"),
        ([], {"grid": {"seed": [1], "+seed": [2]}}, "sweep: '+seed' is listed twice"),
        ([], {"grid": {"sweep.metric": ["a"]}}, "sweep: 'sweep.metric' cannot vary"),
        ([], {"zip": [{"hydra/launcher": ["local"]}]}, "sweep: 'hydra/launcher' cannot vary"),
        ([], {"grid": {"a=b": [1, 2]}}, "sweep: 'a=b' cannot vary"),
        ([], {"exclude": [{"seed": 1}]}, "sweep.exclude: 'seed' does not vary; allowed: no rule"),
        (["model=rnn,gru"], {"exclude": [{"modle": "rnn"}]}, "sweep.exclude: 'modle' does not"),
        (["seed=1,2"], {"exclude": [{"seed": [1, 2]}]}, "sweep.exclude: no job is left"),
    ],
)  # fmt: skip
def test_what_makes_no_sweep(arguments: list[str], settings: dict[str, Any], message: str) -> None:
    assert refused(*arguments, **settings).startswith(message)
