"""What single encoders compute, against the plainest way to compute it."""

import importlib
import inspect
import pkgutil

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.func import functional_call, stack_module_state, vmap

import reviewlab.nn
from reviewlab.nn import (
    AdditiveAttention,
    AttentionEncoder,
    BagRecurrentEncoder,
    ConvolutionEncoder,
    ConvolutionRecurrentEncoder,
    Encoder,
    FeedForwardEncoder,
    MeanEmbedding,
    MultiHot,
    TokenIds,
    TransformerEncoder,
)

VOCAB, TIME = 30, 8
LENGTHS = torch.tensor([8, 1, 3, 5])
MASK = torch.arange(TIME) < LENGTHS[:, None]
IDS = torch.randint(1, VOCAB, (4, TIME), generator=torch.Generator().manual_seed(0)) * MASK


def reviews(ids: Tensor = IDS) -> list[Tensor]:
    return [row[:length] for row, length in zip(ids, LENGTHS, strict=True)]


def encoders() -> list[type[Encoder]]:
    for module in pkgutil.iter_modules(reviewlab.nn.__path__):
        importlib.import_module(f"reviewlab.nn.{module.name}")
    own = (kind for kind in Encoder.__subclasses__() if kind.__module__.startswith("reviewlab."))
    return sorted(own, key=lambda kind: kind.__name__)


@pytest.mark.parametrize("kind", encoders())
def test_every_encoder_is_public_and_announces_its_size(kind: type[Encoder]) -> None:
    assert kind.__name__ in reviewlab.nn.__all__
    values = {"cell": "gru", "features": MultiHot(VOCAB), "hidden_sizes": [5], "dropouts": [0.0]}
    values |= {"vocab_size": VOCAB, "max_length": TIME, "widths": [2, 3], "num_heads": 2}
    names = inspect.signature(kind).parameters.values()
    needed = {p.name: values.get(p.name, 4) for p in names if p.default is p.empty}
    encoder = kind(**needed)
    assert encoder(IDS, MASK).shape == (4, encoder.output_size)
    assert isinstance(encoder.reads_padding, bool)


@given(st.lists(st.lists(st.integers(1, VOCAB - 1), max_size=6), min_size=1, max_size=4))
def test_multi_hot_marks_the_words_that_occur(words: list[list[int]]) -> None:
    ids = torch.tensor([review + [0] * (6 - len(review)) for review in words])
    marked = MultiHot(VOCAB)(ids, ids > 0)
    assert [set(row.nonzero()[:, 0].tolist()) for row in marked] == [set(w) for w in words]
    assert set(marked.unique().tolist()) <= {0.0, 1.0}


def test_a_mean_that_reads_padding_is_diluted_by_it() -> None:
    encoder = MeanEmbedding(VOCAB, 6, mask_padding=False)
    assert encoder.reads_padding
    token_ids, mask = torch.tensor([[3, 4, 0, 0]]), torch.tensor([[True, True, False, False]])
    vectors = encoder.embedding.weight
    wanted = (vectors[3] + vectors[4] + 2 * vectors[0]) / 4
    torch.testing.assert_close(encoder(token_ids, mask)[0], wanted)
    masked = MeanEmbedding(VOCAB, 6)
    masked.load_state_dict(encoder.state_dict())
    torch.testing.assert_close(masked(token_ids, mask)[0], (vectors[3] + vectors[4]) / 2)


def test_mean_embedding_is_the_mean_of_the_words() -> None:
    encoder = MeanEmbedding(VOCAB, 6)
    expected = torch.stack([encoder.embedding(review).mean(0) for review in reviews()])
    torch.testing.assert_close(encoder(IDS, MASK), expected)


def test_token_ids_are_read_as_numbers_with_their_padding() -> None:
    encoder = FeedForwardEncoder(TokenIds(TIME), [5], [0.0])
    assert encoder.reads_padding
    expected = encoder.layers(IDS.float())
    torch.testing.assert_close(encoder(IDS, torch.zeros_like(MASK)), expected)


def test_filters_see_zeros_behind_the_end_and_the_strongest_answer_counts() -> None:
    encoder = ConvolutionEncoder(VOCAB, 6, [1, 3, TIME + 4], 5)  # the last is wider than any review
    expected = []
    for review in reviews():
        vectors = encoder.embedding(review).t()  # [embedding_size, words]
        padded = nn.functional.pad(vectors, (0, TIME + 3))
        answers = [
            convolve(padded[None, :, : len(review) + convolve.kernel_size[0] - 1])[0].amax(1)
            for convolve in encoder.convolutions.filters
        ]
        expected.append(torch.cat(answers).relu())
    torch.testing.assert_close(encoder(IDS, MASK), torch.stack(expected))


def test_the_pooled_lstm_reads_the_maxima_as_one_step() -> None:
    pooled = ConvolutionRecurrentEncoder(VOCAB, 6, [2, 3], 5, 7, pooled=True)
    maxima = ConvolutionEncoder(VOCAB, 6, [2, 3], 5)
    maxima.load_state_dict(pooled.state_dict(), strict=False)
    states, _ = pooled.recurrent.layers[0][0].rnn(maxima(IDS, MASK)[None])
    torch.testing.assert_close(pooled(IDS, MASK), states[0])


def test_a_bag_has_no_word_order() -> None:
    encoder = BagRecurrentEncoder(VOCAB, 6, 5, 2, bidirectional=True, extra_linear=True).double()
    shuffled = IDS.clone()
    for row, length in enumerate(LENGTHS.tolist()):
        shuffled[row, :length] = IDS[row, :length].flip(0)
    torch.testing.assert_close(encoder(shuffled, MASK), encoder(IDS, MASK))
    assert encoder.output_size == 5


def test_additive_attention_follows_its_formula() -> None:
    attention = AdditiveAttention(3, 4, 5)
    query, steps = torch.randn(2, 3), torch.randn(2, 6, 4)
    weights = attention(query, steps, torch.tensor([6, 2]))
    for row, length in enumerate([6, 2]):
        hidden = torch.tanh(attention.query(query[row]) + attention.key(steps[row, :length]))
        expected = attention.score(hidden)[:, 0].softmax(0)
        torch.testing.assert_close(weights[row, :length], expected)
    assert not weights[1, 2:].any()


@pytest.mark.parametrize(
    "make",
    [
        lambda: AttentionEncoder(VOCAB, 6, 5, 4, bidirectional=True),
        lambda: TransformerEncoder(VOCAB, TIME, 8, 2, 16, 2, pooling="mean"),
        lambda: TransformerEncoder(VOCAB, TIME, 8, 2, 16, 2, pooling="last"),
    ],
    ids=["lstm", "transformer, mean", "transformer, last"],
)
@given(left=st.integers(0, 3), right=st.integers(0, 3))
def test_attention_weights_stand_where_their_words_stand(make, left: int, right: int) -> None:
    encoder = make().double().eval()
    mask = torch.cat([MASK, torch.zeros(1, TIME, dtype=torch.bool)])  # the last is empty
    ids = nn.functional.pad(IDS, (0, 0, 0, 1))
    expected = encoder.attention_weights(ids, mask)
    torch.testing.assert_close(expected.sum(1), mask.any(1).double())
    assert not expected[~mask].any()
    assert (expected[mask] > 0).all()
    pad = (left, right)
    padded = nn.functional.pad(ids, pad), nn.functional.pad(mask, pad)
    torch.testing.assert_close(encoder.attention_weights(*padded), nn.functional.pad(expected, pad))


def test_attention_features_are_the_states_weighed() -> None:
    encoder = AttentionEncoder(VOCAB, 6, 5, 4).eval()
    states, _ = encoder.recurrent.layers[0][0].rnn(encoder.embedding(IDS.t()))
    weights = encoder.attention_weights(IDS, MASK)
    expected = (weights.t()[:, :, None] * states).sum(0)
    torch.testing.assert_close(encoder(IDS, MASK), expected)


@pytest.mark.parametrize("pooling", ["mean", "last"])
def test_the_transformer_is_torchs_on_each_review_alone(pooling: str) -> None:
    encoder = TransformerEncoder(VOCAB, TIME, 8, 2, 16, 2, pooling=pooling)
    expected = []
    for review in reviews():
        vectors = encoder.embedding(review) + encoder.positions.weight[: len(review)]
        steps = encoder.layers(vectors[None])[0]
        expected.append(steps.mean(0) if pooling == "mean" else steps[-1])
    torch.testing.assert_close(encoder(IDS, MASK), torch.stack(expected))
    with torch.no_grad():  # torch takes another way through its layers here
        torch.testing.assert_close(encoder.eval()(IDS, MASK), torch.stack(expected))


@pytest.mark.parametrize("pooling", ["mean", "last"])
def test_a_transformers_weights_say_what_its_last_attention_adds(pooling: str) -> None:
    """With one head: the values of the words, weighed."""
    encoder = TransformerEncoder(VOCAB, TIME, 8, 1, 16, 2, pooling=pooling)
    attention, seen = encoder.layers.layers[-1].self_attn, []
    handle = attention.register_forward_hook(lambda *call: seen.append((call[1][0], call[2][0])))
    encoder(IDS, MASK)
    handle.remove()
    [(steps, added)] = seen
    values = steps @ attention.in_proj_weight[16:].T + attention.in_proj_bias[16:]
    weights = encoder.attention_weights(IDS, MASK)
    expected = attention.out_proj((weights[:, None] @ values)[:, 0])
    pooled = [
        own[:n].mean(0) if pooling == "mean" else own[n - 1]
        for own, n in zip(added, LENGTHS, strict=True)
    ]
    torch.testing.assert_close(torch.stack(pooled), expected)


def test_words_behind_a_transformers_positions_weigh_nothing() -> None:
    weights = TransformerEncoder(VOCAB, 3, 8, 2, 16, 1).eval().attention_weights(IDS, MASK)
    assert not weights[:, 3:].any()
    torch.testing.assert_close(weights.sum(1), torch.ones(4))


def test_the_transformer_knows_word_order() -> None:
    encoder = TransformerEncoder(VOCAB, TIME, 8, 2, 16, 1).eval()
    full = torch.ones(1, 4, dtype=torch.bool)
    there, back = torch.tensor([[3, 4, 5, 6]]), torch.tensor([[6, 5, 4, 3]])
    assert not torch.allclose(encoder(there, full), encoder(back, full), atol=1e-4)


def stackable() -> list[Encoder]:
    return [
        FeedForwardEncoder(MultiHot(VOCAB), [6, 5], [0.0, 0.0]),
        FeedForwardEncoder(MeanEmbedding(VOCAB, 4), [6], [0.0]),
        FeedForwardEncoder(TokenIds(TIME), [6], [0.0]),
        ConvolutionEncoder(VOCAB, 6, [2, 3], 5),
    ]


@pytest.mark.parametrize("number", range(len(stackable())))
def test_many_feed_forward_encoders_run_at_once(number: int) -> None:
    """Stacked parameters give each encoder's own features and gradients."""
    models = [stackable()[number].double() for _ in range(3)]
    parameters, buffers = stack_module_state(models)

    def features(weights: dict[str, Tensor]) -> Tensor:
        result: Tensor = functional_call(models[0], (weights, {}), (IDS, MASK))
        return result

    together = vmap(features)(parameters)
    torch.testing.assert_close(together, torch.stack([model(IDS, MASK) for model in models]))
    assert not buffers
    gradients = torch.func.grad(lambda weights: vmap(features)(weights).pow(2).sum())(parameters)
    for row, model in enumerate(models):
        model(IDS, MASK).pow(2).sum().backward()
        for name, weight in model.named_parameters():
            torch.testing.assert_close(gradients[name][row], weight.grad)
