"""Refused command lines, for tests of what refuses them."""

import pytest

from reviewlab.config.check import check_config
from reviewlab.config.compose import compose_config
from reviewlab.exceptions import InputError


def line(*overrides: str) -> str:
    """What a person reads."""
    with pytest.raises(InputError) as raised:
        check_config(compose_config("train", overrides))
    text = str(raised.value)
    assert "\n" not in text
    return text
