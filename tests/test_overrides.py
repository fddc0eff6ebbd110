"""Parsing arguments `key=value` of a command line."""

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser
from hypothesis import given
from hypothesis import strategies as st

from reviewlab import overrides
from reviewlab.overrides import (
    Override,
    bare,
    key_of,
    parse,
    readable,
    replaced,
    values,
    without_rounding_error,
)


@pytest.mark.parametrize(
    ("argument", "parts"),
    [
        ("seed=1", ("", "seed", "1")),
        ("+model.dropout=0.5", ("+", "model.dropout", "0.5")),
        ("++hydra/launcher=slurm", ("++", "hydra/launcher", "slurm")),
        ("~callbacks.early_stopping", ("~", "callbacks.early_stopping", None)),
        ("text=a=b", ("", "text", "a=b")),
        ("name=", ("", "name", "")),
        ("-m", ("", "-m", None)),
        ("", ("", "", None)),
    ],
)
def test_an_argument_is_split_at_its_first_equals_sign(
    argument: str, parts: tuple[str, str, str | None]
) -> None:
    assert parse(argument) == Override(*parts)
    assert key_of(argument) == parts[1]


@given(st.text())
def test_no_character_of_an_argument_is_lost(argument: str) -> None:
    override = parse(argument)
    value = "" if override.value is None else f"={override.value}"
    assert f"{override.signed_key}{value}" == argument
    assert bare(override.signed_key) == override.key
    assert not override.key.startswith(tuple(overrides.SIGNS))


def test_of_two_values_for_one_key_the_last_holds() -> None:
    assert values(["a=1", "~b", "+c=", "++a=2"]) == {"a": "2", "c": ""}


def test_what_is_said_later_replaces_what_was_said_of_the_same_key() -> None:
    first = ["experiment=lstm", "+model.x=1", "seed=1"]
    assert replaced(first, ["model.x=2", "name=a"]) == [
        *("experiment=lstm", "seed=1"),
        *("model.x=2", "name=a"),
    ]
    assert replaced(first, []) == first


def swept(argument: str) -> list[str]:
    """Return the arguments of the jobs that Hydra makes from a varying override."""
    [override] = OverridesParser.create().parse_overrides([argument])
    return [f"{override.key_or_group}={text}" for text in override.sweep_string_iterator()]


@pytest.mark.parametrize(
    ("argument", "jobs"),
    [
        ("x=range(0.1,0.5,0.1)", ["x=0.1", "x=0.2", "x=0.3", "x=0.4"]),
        ("x=${seed},${data.seed}", ["x=${seed}", "x=${data.seed}"]),
        ("x=/a b,http://c", ["x=/a b", "x=http://c"]),
        ("x='a, b','${seed}'", ["x='a, b'", "x='${seed}'"]),
        ("x=1e-3,1e-05", ["x=0.001", "x=1e-05"]),
    ],
)
def test_a_person_reads_what_was_typed_or_the_short_number(argument: str, jobs: list[str]) -> None:
    assert [readable(job) for job in swept(argument)] == jobs


@pytest.mark.parametrize(
    ("argument", "line"),
    [
        ("lr=0.30000000000000004", "lr=0.3"),
        ("lr=-0.7999999999999999", "lr=-0.8"),
        ("lr=0.123456789", "lr=0.123456789"),
        ("lr=1.0000000000000002e-05", "lr=1e-05"),
        ("text='0.30000000000000004'", "text='0.30000000000000004'"),
        ("~callbacks.progress", "~callbacks.progress"),
        (r"text='a\'b'", r"text='a\'b'"),
    ],
)
def test_only_what_nobody_types_is_written_otherwise(argument: str, line: str) -> None:
    assert readable(argument) == line


@pytest.mark.parametrize("steps", range(1, 10))
def test_a_step_of_a_range_has_no_rounding_error(steps: int) -> None:
    value = 0.1
    for _ in range(steps):
        value += 0.1
    assert without_rounding_error(repr(value)) == f"0.{steps + 1}" if steps < 9 else "1.0"


@pytest.mark.parametrize(
    "value",
    ["lstm", "", "nan", "inf", "1e-05", "3", "1234567.0", "0.010092528860766845", "1e400", "null"],
)
def test_what_somebody_typed_or_a_search_drew_stays(value: str) -> None:
    assert without_rounding_error(value) == value


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_stays_what_it_was(value: float) -> None:
    assert float(without_rounding_error(repr(value))) == pytest.approx(value, rel=1e-14)
