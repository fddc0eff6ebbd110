"""Launchers and sweepers of Hydra are refused with the name of ours."""

import re

import pytest

from reviewlab.config.choices import list_choices
from reviewlab.config.compose import CONFIGS
from reviewlab.config.foreign import INSTEAD, refuse_foreign
from reviewlab.exceptions import InputError

FOREIGN = [(group, choice) for group, choices in INSTEAD.items() for choice in choices]


@pytest.mark.parametrize(("group", "choice"), FOREIGN)
def test_every_answer_names_choices_that_there_are(group: str, choice: str) -> None:
    with pytest.raises(InputError, match=f"^{group}: {choice!r} ") as refused:
        refuse_foreign(["seed=0,1", f"{group}={choice}"])
    named = re.findall(rf"{group}=(\w+)", str(refused.value))
    assert named
    assert {*named} <= {*list_choices(CONFIGS, group)}
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("group", INSTEAD)
def test_none_of_ours_is_refused(group: str) -> None:
    refuse_foreign([f"{group}={choice}" for choice in list_choices(CONFIGS, group)])
