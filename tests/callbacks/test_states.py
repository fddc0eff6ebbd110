"""States of other kinds than a callback saves are refused; those that it may save are not."""

from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from pytorch_lightning import Callback

from reviewlab.callbacks.states import refuse_other_kinds


class Saving(Callback):
    """A callback with a given state."""

    def __init__(self, state: dict[str, Any]) -> None:
        self.state = state

    def state_dict(self) -> dict[str, Any]:
        return self.state


class NotYet(Callback):
    """A callback that has no state before training."""

    def state_dict(self) -> dict[str, Any]:
        raise AttributeError("trainer")


KINDS = {
    "number": [0, 1.5, True, torch.zeros(())],
    "text": ["", "x"],
    "mapping": [{}, {"a": 1}],
    "sequence": [[], (1, 2)],
}


@given(st.sampled_from([*KINDS]), st.sampled_from([*KINDS]), st.data())
def test_only_a_state_of_the_same_kind_is_taken(own: str, saved: str, data: st.DataObject) -> None:
    callback = Saving({"key": data.draw(st.sampled_from(KINDS[own]))})
    states = {callback.state_key: {"key": data.draw(st.sampled_from(KINDS[saved]))}}
    if own == saved:
        refuse_other_kinds([callback], states)
        return
    with pytest.raises(ValueError, match=r"^Saving has \w+ as its key$"):
        refuse_other_kinds([callback], states)


@pytest.mark.parametrize("own", [None, 3, "x"])
def test_nothing_is_of_any_kind(own: Any) -> None:
    callback = Saving({"key": own})
    for state in ({"key": None}, {}, None):
        refuse_other_kinds([callback], {callback.state_key: state})
    refuse_other_kinds([callback], {})
    refuse_other_kinds([Saving({"key": None})], {callback.state_key: {"key": own}})


def test_a_callback_may_have_no_state_before_training() -> None:
    refuse_other_kinds([NotYet()], {NotYet().state_key: {"key": "x"}})
