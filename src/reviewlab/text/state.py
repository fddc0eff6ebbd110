"""Rebuild a fitted text encoder from its state in a checkpoint."""

import functools
import inspect
import pkgutil
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from reviewlab.exceptions import InputError
from reviewlab.plugins import find_class
from reviewlab.text.cleaning import Cleaning
from reviewlab.text.encoder import TextEncoder
from reviewlab.values import check_arguments


@functools.cache
def text_encoders() -> Mapping[str, type[TextEncoder]]:
    """Return the text encoders defined in the modules of this package, by name."""
    infos = pkgutil.iter_modules([str(Path(__file__).parent)])
    return {
        name: kind
        for module in (import_module(f"{__package__}.{info.name}") for info in infos)
        for name, kind in vars(module).items()
        if inspect.isclass(kind)
        and issubclass(kind, TextEncoder)
        and kind.__module__ == module.__name__
        and not inspect.isabstract(kind)
    }


def from_state(state: Mapping[str, Any]) -> TextEncoder:
    """Rebuild an encoder from its `state()`, ready to encode.

    Args:
        state: result of `TextEncoder.state`; it may be malformed, since it is read from a file.

    Returns:
        An encoder that gives every text the same ids as the one that was saved.

    Raises:
        InputError: the state names no text encoder of reviewlab or of an installed package, or one
            of its parts is missing or not allowed.
    """
    name = str(state.get("name"))
    kind = _find(name)
    try:
        arguments = {**state["options"], **state["layout"]}
        check_arguments(Cleaning, state["cleaning"])
        check_arguments(kind, arguments)
        encoder = kind(**arguments, cleaning=Cleaning(**state["cleaning"]))
        encoder.restore(state["learned"])
        _refuse_unknown_ids(encoder)
    except Exception as error:  # the state comes from a file, so any part of it may be anything
        reason = f"{type(error).__name__}: {error}"
        raise InputError(f"text encoder: the state of {name} cannot be read ({reason})") from error
    return encoder


def _refuse_unknown_ids(encoder: TextEncoder) -> None:
    """Refuse an id for padding, the start or unknown words that is not in the vocabulary."""
    for name in ("pad_id", "start_id", "oov_id"):
        number = getattr(encoder, name, None)
        if number is not None and not 0 <= number < max(encoder.vocab_size, 1):
            raise ValueError(f"{name}: {number} is not an id of the vocabulary")


def _find(name: str) -> type[TextEncoder]:
    """Return the encoder class with this name, or with this dotted name if it is in a plugin."""
    known = text_encoders()
    kind: type[TextEncoder] | None
    kind = find_class(name, TextEncoder) if "." in name else known.get(name)
    if kind is None:
        raise InputError(f"text encoder: {name!r} is unknown; allowed: {', '.join(known)}")
    return kind
