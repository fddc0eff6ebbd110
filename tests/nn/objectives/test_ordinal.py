"""The cumulative logit model against its formula, at extremes, and on ordered classes."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from reviewlab.exceptions import InputError
from reviewlab.nn import BCE, CrossEntropy, Ordinal

LABELS = torch.tensor([0, 1, 2, 3, 4])
OUTPUTS = torch.randn(5, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def by_definition(outputs: Tensor) -> Tensor:
    """Compute probabilities `[batch, classes]` as differences of cumulative ones."""
    thresholds = torch.cat([torch.zeros(len(outputs), 1), F.softplus(outputs[:, 1:]).cumsum(1)], 1)
    above = (outputs[:, :1] - thresholds).sigmoid()
    edges = torch.ones(len(outputs), 1)
    return torch.cat([edges, above], 1) - torch.cat([above, 1 - edges], 1)


@given(st.lists(st.floats(-6, 6), min_size=4, max_size=4))
def test_probabilities_are_those_of_the_cumulative_model(values: list[float]) -> None:
    outputs = torch.tensor([values], dtype=torch.float64)
    probabilities = Ordinal(5).probabilities(outputs)
    torch.testing.assert_close(probabilities, by_definition(outputs))
    torch.testing.assert_close(Ordinal(5).logits(outputs).exp().sum(1), torch.ones(1).double())


def test_the_loss_is_the_log_of_the_labels_probability() -> None:
    expected = -by_definition(OUTPUTS)[LABELS, LABELS].log().mean()
    torch.testing.assert_close(Ordinal(5).loss(OUTPUTS, LABELS), expected)
    torch.testing.assert_close(Ordinal(5).training_loss(OUTPUTS, LABELS), expected)


def test_smoothing_and_weights_are_those_of_cross_entropy() -> None:
    arguments = (5, 0.2, "balanced", [5, 1, 1, 2, 6])
    ordinal, plain = Ordinal(*arguments), CrossEntropy(*arguments)
    logits = by_definition(OUTPUTS).log()
    torch.testing.assert_close(
        ordinal.training_loss(OUTPUTS, LABELS), plain.training_loss(logits, LABELS)
    )


@given(st.floats(-30, 30), st.floats(0, 0.9))
def test_two_classes_are_those_of_binary_cross_entropy(output: float, smoothing: float) -> None:
    outputs, labels = torch.tensor([[output], [output]], dtype=torch.float64), LABELS[:2]
    ordinal, bce = Ordinal(2, smoothing), BCE(2, smoothing)
    assert ordinal.num_outputs == bce.num_outputs == 1
    torch.testing.assert_close(
        ordinal.training_loss(outputs, labels), bce.training_loss(outputs, labels)
    )
    torch.testing.assert_close(ordinal.probabilities(outputs), bce.probabilities(outputs))
    torch.testing.assert_close(ordinal.evidence(outputs, 1), bce.evidence(outputs, 1))


@pytest.mark.parametrize("score", [-1e4, 0.0, 1e4])
@pytest.mark.parametrize("gap", [-1e3, 1e3])
def test_extreme_outputs_have_finite_losses_and_gradients(score: float, gap: float) -> None:
    outputs = torch.tensor([[score, gap, gap, gap]] * 5, requires_grad=True)
    loss = Ordinal(5, 0.1).training_loss(outputs, LABELS)
    loss.backward()
    assert loss.isfinite()
    assert outputs.grad is not None
    assert outputs.grad.isfinite().all()


@given(st.lists(st.floats(-5, 5), min_size=3, max_size=3), st.floats(-5, 5), st.floats(0.1, 5))
def test_a_higher_score_moves_the_distribution_upwards(
    gaps: list[float], score: float, more: float
) -> None:
    outputs = torch.tensor([[score, *gaps], [score + more, *gaps]], dtype=torch.float64)
    lower, higher = Ordinal(5).probabilities(outputs).cumsum(1)
    assert (lower >= higher - 1e-12).all()


def test_evidence_is_the_log_odds_of_a_class() -> None:
    for label in range(5):
        expected = by_definition(OUTPUTS)[:, label].logit()
        torch.testing.assert_close(Ordinal(5).evidence(OUTPUTS, label), expected)


def test_it_learns_a_class_in_the_middle() -> None:
    """Each review is one number that orders the classes, so constant gaps suffice."""
    numbers = torch.linspace(-2, 2, 50)[:, None]
    labels = torch.arange(50) // 10
    with torch.random.fork_rng():
        torch.manual_seed(0)
        head = torch.nn.Linear(1, 4)
    objective = Ordinal(5)
    optimizer = torch.optim.LBFGS(head.parameters(), max_iter=200, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = objective.training_loss(head(numbers), labels)
        loss.backward()
        return loss

    optimizer.step(closure)
    assert (objective.predictions(head(numbers)) == labels).float().mean() >= 0.96


def test_half_precision_outputs_are_computed_in_single() -> None:
    assert Ordinal(5).loss(OUTPUTS.bfloat16(), LABELS).dtype == torch.float32


@pytest.mark.parametrize(
    ("num_classes", "ordinal", "given"),
    [
        (3, False, "classes without an order"),
        (2, False, "an order"),
        (1, True, "one class"),
    ],
)
def test_classes_without_an_order_are_refused(num_classes: int, ordinal: bool, given: str) -> None:
    with pytest.raises(InputError, match=rf"^loss: ordinal .*{given}; use loss=cross_entropy$"):
        Ordinal(num_classes, ordinal=ordinal)
