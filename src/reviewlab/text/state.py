"""Rebuild a fitted text encoder from the state that a checkpoint keeps of it."""

from collections.abc import Mapping
from typing import Any

from reviewlab.exceptions import InputError
from reviewlab.text.bpe import BPEEncoder
from reviewlab.text.cleaning import Cleaning
from reviewlab.text.encoder import TextEncoder
from reviewlab.text.words import WordEncoder

_ENCODERS: dict[str, type[TextEncoder]] = {"WordEncoder": WordEncoder, "BPEEncoder": BPEEncoder}


def from_state(state: Mapping[str, Any]) -> TextEncoder:
    """Rebuild the encoder whose `state()` this was, ready to encode.

    Args:
        state: what `TextEncoder.state` gave, from a file that may hold anything.

    Returns:
        An encoder that gives every text the same ids as the one that was saved.

    Raises:
        InputError: the state names no text encoder of reviewlab, or one of its parts is missing.
    """
    name = str(state.get("name"))
    if name not in _ENCODERS:
        raise InputError(f"text encoder: {name!r} is unknown; it is one of {', '.join(_ENCODERS)}")
    try:
        cleaning = Cleaning(**state["cleaning"])
        arguments = {**state["options"], **state["layout"], "cleaning": cleaning}
        encoder = _ENCODERS[name](**arguments)
        encoder.restore(state["learned"])
    except Exception as error:  # it comes from a file: any part of it may be anything
        reason = f"{type(error).__name__}: {error}"
        raise InputError(f"text encoder: the state of {name} cannot be read ({reason})") from error
    return encoder
