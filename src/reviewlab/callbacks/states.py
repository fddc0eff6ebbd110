"""The states of callbacks in a checkpoint: of the kinds that the callbacks themselves save."""

from collections.abc import Iterable, Mapping
from numbers import Number
from typing import Any

from pytorch_lightning import Callback
from torch import Tensor

KINDS: tuple[tuple[type, ...], ...] = ((Number, Tensor), (str,), (Mapping,), (list, tuple, set))
"""Types that may stand for each other: what begins as 0 can later be a tensor."""


def refuse_other_kinds(callbacks: Iterable[Callback], states: Mapping[Any, Any]) -> None:
    """Refuse states that no callback would save; many would fail with them only after an epoch.

    Args:
        callbacks: the callbacks, before their states are restored.
        states: the states in a checkpoint by `Callback.state_key`.

    Raises:
        ValueError: a part of a state is a text instead of a number, for example.
    """
    for callback in callbacks:
        state = states.get(callback.state_key) or {}
        for key, own in _state_before(callback).items():
            if not _is_like(own, state.get(key)):
                kind = type(state[key]).__name__
                raise ValueError(f"{type(callback).__name__} has {kind} as its {key}")


def _state_before(callback: Callback) -> dict[str, Any]:
    try:
        return callback.state_dict()
    except Exception:  # a callback of someone else may have a state only once training has begun
        return {}


def _is_like(own: object, saved: object) -> bool:
    if own is None or saved is None:
        return True
    return all(isinstance(saved, kind) for kind in KINDS if isinstance(own, kind))
