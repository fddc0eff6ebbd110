"""Errors for tokenizers of pretrained models."""

from pathlib import Path
from typing import Any

import pytest

from reviewlab.exceptions import InputError
from reviewlab.text.pretrained import PretrainedTokenizer


def refusal(folder: Path | str | None, **options: Any) -> str:
    with pytest.raises(InputError) as caught:
        PretrainedTokenizer(None if folder is None else str(folder), **options).fit([])
    message = str(caught.value)
    assert "\n" not in message
    return message
