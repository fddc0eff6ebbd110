"""The one line with which input is refused."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reviewlab.exceptions import InputError


def refusal(call: Callable[..., Any], *arguments: Any, **options: Any) -> str:
    """Return the message with which a call refuses its arguments."""
    with pytest.raises(InputError) as caught:
        call(*arguments, **options)
    message = str(caught.value)
    assert "\n" not in message
    return message


def checkpoint_refusal(read: Callable[[Path], Any], path: Any) -> str:
    """Return the message with which a checkpoint is refused, which names the file."""
    message = refusal(read, path)
    assert message.startswith(f"checkpoint: {str(path)!r} ")
    return message
