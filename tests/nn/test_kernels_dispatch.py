"""torch's own layers run wherever a tensor is traced, fake, wrapped or not on a CPU."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from tests.nn.kernels import compiled, needs_library, with_torch
from torch import Tensor, nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.func import functional_call, grad, vmap
from torch.fx.experimental.proxy_tensor import make_fx

from reviewlab.nn import kernels
from reviewlab.nn.kernels import layers
from reviewlab.nn.recurrent import RecurrentEncoder, RecurrentStack

pytestmark = needs_library

TOKEN_IDS = torch.randint(1, 20, (6, 9), generator=torch.Generator().manual_seed(1))
MASK = torch.arange(9) < torch.tensor([9, 3, 5, 1, 9, 7])[:, None]


class Calls(list[str]):
    """The compiled layers that ran."""


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    """Count the runs of the compiled recurrence."""
    calls, apply = Calls(), layers.Recurrence.apply
    record = lambda run, *rest: (calls.append(run.cell.name), apply(run, *rest))[1]  # noqa: E731
    monkeypatch.setattr(layers.Recurrence, "apply", record)
    return calls


@pytest.fixture
def encoder() -> RecurrentEncoder:
    """An encoder that runs the compiled kernel."""
    torch.manual_seed(0)
    encoder = RecurrentEncoder("gru", 20, 5, embedding_size=4, bidirectional=True)
    encoder.recurrent = compiled(encoder.recurrent)
    return encoder


def functional(encoder: RecurrentEncoder) -> Callable[..., Tensor]:
    """The encoder as a function of its parameters."""
    return lambda parameters: functional_call(encoder, parameters, (TOKEN_IDS, MASK)).sum()


def test_plain_tensors_run_compiled(encoder: RecurrentEncoder, calls: Calls) -> None:
    encoder(TOKEN_IDS, MASK)
    assert calls == ["gru", "gru"]


def test_gradients_of_a_function_are_those_of_autograd(
    encoder: RecurrentEncoder, calls: Calls
) -> None:
    parameters = dict(encoder.named_parameters())
    own = grad(functional(encoder))(parameters)
    assert not calls
    encoder(TOKEN_IDS, MASK).sum().backward()
    for name, parameter in parameters.items():
        torch.testing.assert_close(own[name], parameter.grad)


def test_words_can_be_looked_up_in_other_tables(encoder: RecurrentEncoder, calls: Calls) -> None:
    table = torch.randn(54, 4, requires_grad=True)
    places = torch.arange(54).reshape(6, 9)
    states = functional_call(encoder, {"embedding.weight": table}, (places, MASK))
    [slope] = torch.autograd.grad(states.sum(), table)
    assert calls == ["gru", "gru"]
    assert torch.equal(slope.reshape(6, 9, 4).any(2), MASK)


def test_vmap_is_refused_as_by_torch_s_layer(encoder: RecurrentEncoder, calls: Calls) -> None:
    with pytest.raises(RuntimeError, match="Batching rule not implemented for aten::gru"):
        vmap(lambda ids, mask: encoder(ids[None], mask[None]))(TOKEN_IDS, MASK)
    assert not calls


def test_meta_tensors(encoder: RecurrentEncoder, calls: Calls) -> None:
    states = encoder.to("meta")(TOKEN_IDS.to("meta"), MASK.to("meta"))
    assert (states.shape, states.device.type, list(calls)) == ((6, 10), "meta", [])


def test_fake_tensors(encoder: RecurrentEncoder, calls: Calls) -> None:
    with FakeTensorMode(allow_non_fake_inputs=True):
        states = encoder(TOKEN_IDS, MASK)
    assert (states.shape, list(calls)) == ((6, 10), [])


def test_half_precision(encoder: RecurrentEncoder, calls: Calls) -> None:
    encoder.bfloat16()(TOKEN_IDS, MASK)
    assert not calls


def test_autocast(encoder: RecurrentEncoder, calls: Calls) -> None:
    with torch.autocast("cpu", torch.bfloat16):
        encoder(TOKEN_IDS, MASK)
    assert not calls


@pytest.mark.filterwarnings("ignore")
def test_traces_hold_torch_s_layer(encoder: RecurrentEncoder, calls: Calls) -> None:
    expected = encoder(TOKEN_IDS, MASK)
    calls.clear()
    traced = torch.jit.trace(encoder, (TOKEN_IDS, MASK), check_trace=False)
    torch.testing.assert_close(traced(TOKEN_IDS, MASK), expected)
    assert not calls


def test_symbolic_traces_hold_torch_s_layer(encoder: RecurrentEncoder, calls: Calls) -> None:
    traced = make_fx(encoder)(TOKEN_IDS, MASK)
    assert not calls
    torch.testing.assert_close(traced(TOKEN_IDS, MASK), encoder(TOKEN_IDS, MASK))


@pytest.mark.filterwarnings("ignore")
def test_exported_programs_hold_torch_s_layer(encoder: RecurrentEncoder, calls: Calls) -> None:
    program = torch.export.export(encoder, (TOKEN_IDS, MASK))
    assert not calls
    torch.testing.assert_close(program.module()(TOKEN_IDS, MASK), encoder(TOKEN_IDS, MASK))


def test_hooks_of_the_embedding_are_called(encoder: RecurrentEncoder) -> None:
    seen: list[Any] = []
    encoder.embedding.register_forward_hook(lambda *call: seen.append(call[2]))
    encoder(TOKEN_IDS, MASK)
    assert len(seen) == 1


def test_sparse_gradients_stay_sparse(encoder: RecurrentEncoder) -> None:
    assert isinstance(encoder.embedding, nn.Embedding)
    encoder.embedding.sparse = True
    encoder(TOKEN_IDS, MASK).sum().backward()
    assert encoder.embedding.weight.grad.is_sparse


@pytest.mark.parametrize(
    ("kernel", "hidden_size", "kind"),
    [
        ("auto", 8, "compiled"),
        ("auto", 4096, "torch"),
        ("compiled", 4096, "compiled"),
        ("torch", 8, "torch"),
    ],
)
def test_auto_takes_the_kernel_for_shapes_that_gain(
    kernel: Any, hidden_size: int, kind: str
) -> None:
    assert kernels.Choice.make(kernel, "gru", hidden_size).kind == kind


def test_without_the_library_torch_s_layers_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reviewlab.nn.kernels.choice.widths", lambda: ())
    stack = RecurrentStack("lstm", 3, 4)
    assert stack.kernel.kind == "torch"
    steps, lengths = torch.randn(5, 2, 3), torch.full((2,), 5)
    assert torch.equal(stack(steps, lengths), with_torch(stack)(steps, lengths))
