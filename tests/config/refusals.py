"""Refused command lines, for tests of error messages."""

import pytest

from reviewlab.config.check import check_config
from reviewlab.config.compose import compose_config
from reviewlab.exceptions import InputError


def line(*overrides: str) -> str:
    """Return the error message for some overrides, which has to be a single line."""
    with pytest.raises(InputError) as raised:
        check_config(compose_config("train", overrides))
    text = str(raised.value)
    assert "\n" not in text
    return text
