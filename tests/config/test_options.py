"""The options of commands that use a checkpoint or describe data, and their choice of data."""

from dataclasses import dataclass
from typing import Any

import pytest

from reviewlab.config.options import (
    DataChoice,
    parse_checkpoint_options,
    parse_data_options,
    parse_options,
)
from reviewlab.evaluation.options import EvaluationOptions
from reviewlab.exceptions import InputError

VERBATIM = ("checkpoint", "text", "output", "label")


@dataclass(frozen=True)
class Flat:
    """The options of `conf/explain.yaml`, unchecked."""

    checkpoint: str | None
    text: str | None
    label: str | None
    method: str | None
    output: str | None
    threads: int
    decision: str | None


def parse(*argv: str) -> tuple[EvaluationOptions, DataChoice]:
    parsed = parse_checkpoint_options("evaluate", EvaluationOptions, ("checkpoint", "output"), argv)
    assert parsed is not None
    return parsed


def test_a_value_that_is_taken_as_it_stands_needs_no_quotes() -> None:
    options = parse_options("explain", Flat, VERBATIM, ["text=a, 'b' = [c]", "threads=2"])
    assert options == Flat(None, "a, 'b' = [c]", None, None, None, 2, None)


def test_settings_of_the_data_go_to_those_of_the_checkpoint() -> None:
    options, choice = parse("checkpoint=a b.ckpt", "data.batch_size=7", "data.text.padding=pre")
    assert options.checkpoint == "a b.ckpt"
    assert choice == DataChoice(None, {"data.batch_size": 7, "data.text.padding": "pre"})


def test_settings_go_to_the_data_that_are_chosen() -> None:
    _, choice = parse("data=demo", "data.reviews=200")
    assert choice.config is not None
    assert (choice.config["reviews"], choice.changes) == (200, {})


@pytest.mark.parametrize("chosen", [[], ["data=imdb"]], ids=["own", "chosen"])
def test_a_source_is_a_path_and_taken_as_it_stands(chosen: list[str]) -> None:
    _, choice = parse(*chosen, "data.source=x, y=[z].csv")
    assert choice.changes == {"data.source": "x, y=[z].csv"}


@dataclass(frozen=True)
class Files:
    """The options of `conf/describe.yaml`, unchecked."""

    html: str | None
    json: str | None
    seed: int


def test_data_alone_are_those_of_training_and_a_table_by_default() -> None:
    argv = ["data.source=x, y=[z].csv", "data.text.max_length=7", "html=[a], b.html", "seed=3"]
    parsed = parse_data_options("describe", Files, ("html", "json"), argv)
    assert parsed is not None
    options, node = parsed
    assert options == Files("[a], b.html", None, 3)
    assert node["_target_"].endswith(".TableDataModule")
    assert (node["source"], node["text"]["max_length"]) == ("x, y=[z].csv", 7)
    assert node["seed"] == 3


def test_what_hydra_answers_itself_gives_no_options(capsys: pytest.CaptureFixture[str]) -> None:
    assert parse_options("explain", Flat, VERBATIM, ["--cfg", "job"]) is None
    assert "method: null" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("argv", "line"),
    [
        (["-m"], "command line: evaluate cannot run a sweep; leave out -m"),
        (["split=train,test"], "split=train,test: only one value is allowed"),
        (["data.reviews=[1"], "data.reviews=[1: not readable as key=value: "),
        (["~data.reviews"], "~data.reviews: not allowed; give one new value, as key=value"),
        (["data.source=a", "data.source=b"], "data.source: given twice; give it once"),
        (["splt=train"], "splt: no such key; did you mean 'split'?"),
        (["threads=none"], "threads: 'none' is not allowed; allowed: a whole number"),
    ],
)
def test_a_mistake_is_one_line(argv: list[Any], line: str) -> None:
    with pytest.raises(InputError) as raised:
        parse(*argv)
    assert str(raised.value).startswith(line)
    assert "\n" not in str(raised.value)
