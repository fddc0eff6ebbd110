"""Texts and paths reach the program as typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewlab.config.command_line import choices_vary, quote_paths, select_held_back, take_verbatim
from reviewlab.config.compose import CONFIGS
from reviewlab.exceptions import InputError

NASTY = [
    "slow start, but worth it",
    'it\'s "great" [really] {yes} (no) = 10/10',
    "größer, schöner: überraschend!",
    "a=b=c",
    "${seed} $x \\ # ~ + null true 1e-3",
    "",
    " leading and trailing ",
    "zwei\nZeilen\tund ein Tab",
]


@pytest.mark.parametrize("text", NASTY)
def test_a_text_survives(text: str) -> None:
    taken, rest = take_verbatim(["seed=1", f"text={text}", "-m"], {"text", "input"})
    assert taken == {"text": text}
    assert rest == ["seed=1", "-m"]


@given(st.text(), st.text())
def test_any_text_survives(text: str, path: str) -> None:
    arguments = [f"input={path}", f"text={text}"]
    assert take_verbatim(arguments, {"text", "input"}) == ({"text": text, "input": path}, [])


def test_only_whole_names_are_taken() -> None:
    arguments = ["data/text=words", "data.text.max_length=3", "+text=a", "texts=b", "text"]
    assert take_verbatim(arguments, {"text"}) == ({}, arguments)


def test_one_of_a_name_is_enough() -> None:
    with pytest.raises(InputError, match=r"^text: given twice; give it once$"):
        take_verbatim(["text=a", "text=b"], {"text"})


@pytest.mark.parametrize(
    "arguments",
    [
        ["outputs='/ä'"],
        ["-m", "data.source=/ä,/ö"],
        ["data.source=${oc.env:HOME}/ä"],
        ["name=ä"],
        ["outputs=/a", "data.cache_dir=null", "outputs="],
    ],
)
def test_what_hydra_has_to_read_is_left_to_it(arguments: list[str]) -> None:
    assert quote_paths(arguments) == arguments


@pytest.mark.parametrize(
    ("argument", "varies"),
    [
        ("model=lstm,gru", True),
        ("sweep=learning_rate", True),
        ("model=lstm", False),
        ("optimizer.lr=1,2", False),
        ("--multirun", False),
    ],
)
def test_whether_choices_vary(argument: str, varies: bool) -> None:
    assert choices_vary([argument], CONFIGS) is varies


def test_only_keys_of_a_run_are_held_back() -> None:
    arguments = [
        "-m",
        "model=gru",
        "model.num_layers=2",
        "sweep.name=a",
        "hydra.launcher.slots=1",
        "+a.b=1",
    ]
    assert select_held_back(arguments) == ["model.num_layers=2"]
