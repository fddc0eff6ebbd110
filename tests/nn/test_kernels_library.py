"""The library itself: that it is there, and that its widths and loading behave as described."""

import platform
import shutil

import pytest
import torch
from tests.nn.kernels import compiled, needs_library

from reviewlab.nn import kernels
from reviewlab.nn.kernels import library
from reviewlab.nn.kernels.memory import may_overwrite_saved
from reviewlab.nn.recurrent import RecurrentStack


@pytest.mark.skipif(shutil.which("gcc") is None, reason="there is no compiler")
@pytest.mark.skipif(platform.machine() != "x86_64", reason="the kernel is written for x86-64")
def test_the_library_is_installed_where_there_is_a_compiler() -> None:
    assert kernels.is_available()


@needs_library
def test_every_processor_runs_the_narrow_width_and_the_widest_comes_first() -> None:
    every = ("avx512", "avx2", "sse2")
    assert kernels.widths() in (every, every[1:], every[2:])


@needs_library
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("width", kernels.widths())
def test_activations_are_as_exact_as_their_type(dtype: torch.dtype, width: str) -> None:
    stack = compiled(RecurrentStack("rnn", 1, 1).to(dtype), width)
    for parameter in stack.parameters():
        parameter.data.fill_(1 if parameter.dim() == 2 else 0)
    steps = torch.cat([torch.linspace(-12, 12, 4001), torch.logspace(-30, 2, 400)]).to(dtype)
    states = stack(steps.reshape(1, -1, 1), torch.ones(len(steps), dtype=torch.int64))
    expected = steps.double().tanh()
    error = ((states.flatten().double() - expected) / expected).nan_to_num().abs().max()
    assert error <= 4 * torch.finfo(dtype).eps


@pytest.mark.parametrize("retained", [True, False])
def test_torch_tells_whether_a_graph_is_retained(retained: bool) -> None:
    told = []  # by a function that torch does not document, as of torch 2.13
    number = torch.ones((), requires_grad=True)
    number.register_hook(lambda _: told.append(may_overwrite_saved()))
    (2 * number).backward(retain_graph=retained)
    assert told == [not retained]


@needs_library
def test_a_library_of_another_version_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "VERSION", library.VERSION + 1)
    library.library.cache_clear()
    try:
        assert library.library() is None
    finally:
        library.library.cache_clear()


def test_a_library_that_cannot_be_loaded_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "EXTENSION_SUFFIXES", ["-missing.so"])
    library.library.cache_clear()
    try:
        assert library.library() is None
    finally:
        library.library.cache_clear()
