"""A part keeps its arguments unchanged, and binding does not change a config."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewlab.config.bind import bind
from reviewlab.config.compose import CONFIGS, compose_config
from reviewlab.config.experiment import Experiment
from reviewlab.config.part import TARGET, Part, as_config, digest_key, without_parts

EXPERIMENTS = sorted(
    str(path.relative_to(CONFIGS / "experiment").with_suffix(""))
    for path in (CONFIGS / "experiment").rglob("*.yaml")
)
NAMES = st.sampled_from(["lr", "momentum", "weight_decay", "inner"])
PLAIN = st.none() | st.booleans() | st.integers() | st.text(max_size=3)
ARGUMENTS = st.dictionaries(NAMES, PLAIN | st.lists(PLAIN, max_size=2), max_size=4)


def settle(lr: float, momentum: float = 0.9, inner: object = None) -> tuple[float, float, object]:
    return lr, momentum, inner


def part(arguments: dict[str, Any], target: str = "tests.settle") -> Part[Any]:
    return Part(target, settle, arguments)


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_a_bound_experiment_is_the_same_config_and_binds_to_the_same_experiment(name: str) -> None:
    needed = ["model.source=/nowhere"] if name == "fine_tuning" else []
    config = compose_config("train", [f"experiment={name}", *needed])
    experiment = bind(config, Experiment)
    assert experiment.as_config() == config
    assert bind(experiment.as_config(), Experiment) == experiment
    assert Experiment.from_config(experiment.as_config()) == experiment


@given(ARGUMENTS, ARGUMENTS)
def test_a_part_as_config_names_its_target_and_holds_its_arguments(
    outer: dict[str, Any], inner: dict[str, Any]
) -> None:
    config = as_config(part({**outer, "inner": part(inner, "tests.inner")}))
    assert config == {TARGET: "tests.settle", **outer, "inner": {TARGET: "tests.inner", **inner}}


@given(ARGUMENTS, ARGUMENTS)
def test_other_arguments_change_nothing_else(
    arguments: dict[str, Any], changes: dict[str, Any]
) -> None:
    before = part(arguments)
    changed = before.with_arguments(**changes)
    assert as_config(changed) == {**as_config(before), **changes}
    assert as_config(before) == as_config(part(arguments))


@given(ARGUMENTS, st.lists(NAMES))
def test_leaving_arguments_out_changes_nothing_else(
    arguments: dict[str, Any], names: list[str]
) -> None:
    remaining = {name: value for name, value in arguments.items() if name not in names}
    assert part(arguments).without(*names) == part(remaining)


@given(ARGUMENTS, NAMES)
def test_a_dot_leads_into_a_part(arguments: dict[str, Any], name: str) -> None:
    outer = part({"lr": 1, "inner": part(arguments)})
    inner = part(arguments).without(name)
    assert outer.without(f"inner.{name}") == outer.with_arguments(inner=inner)
    assert part({"lr": 1}).without(f"lr.{name}") == part({"lr": 1})


@given(ARGUMENTS, ARGUMENTS)
def test_two_parts_share_a_key_only_where_they_are_configured_alike(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    alike = repr(sorted(one.items())) == repr(sorted(other.items()))
    assert (digest_key(part(one)) == digest_key(part(other))) is alike


def test_an_argument_is_that_given_or_that_of_the_signature() -> None:
    given_one = part({"lr": None})
    assert given_one.value("lr", 3) is None
    assert given_one.value("momentum", 3) == 0.9
    assert part({}).value("lr", 3) == 3
    assert part({}).value("depth", 3) == 3


def test_facts_that_the_signature_does_not_name_are_left_out() -> None:
    built = part({"inner": part({"lr": 1})}).build({"lr": 2, "vocab_size": 9})
    assert built == (2, 0.9, (1, 0.9, None))


def test_settings_lead_into_inner_parts() -> None:
    nested = part({"lr": 1, "inner": part({"lr": 2, "momentum": 3})})
    assert dict(nested.settings()) == {"lr": 1, "inner.lr": 2, "inner.momentum": 3}


def test_an_annotation_of_parts_is_one_of_objects() -> None:
    assert without_parts(Part[int]) is int
    assert without_parts(Part[int] | None) == int | None
    assert without_parts(dict[str, Part[int]]) == dict[str, int]
    assert without_parts(str) is str
