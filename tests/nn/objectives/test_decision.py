"""Each decision minimises its own loss."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from reviewlab.exceptions import InputError
from reviewlab.nn.objectives.decision import Decision, decide, refuse_unordered

DECISIONS: list[Decision] = ["mode", "median", "mean"]


@st.composite
def distributions(draw: st.DrawFn, least: int = 3) -> Tensor:
    """Draw probabilities `[1, classes]`, some of them 0."""
    weights = draw(st.lists(st.integers(0, 100), min_size=least, max_size=7).filter(any))
    return torch.tensor([weights], dtype=torch.float64) / sum(weights)


def expected_loss(probabilities: Tensor, power: int) -> Tensor:
    """Return the expected distance to the true class, to a power, for each predicted class."""
    classes = torch.arange(probabilities.shape[1])
    distances = (classes[:, None] - classes).abs() ** power
    return distances.double() @ probabilities[0]


@given(distributions())
def test_the_mode_is_the_most_probable_class(probabilities: Tensor) -> None:
    chosen = decide(probabilities, "mode")
    assert chosen.item() == probabilities.argmax().item()


@given(distributions())
def test_the_median_has_the_least_expected_distance(probabilities: Tensor) -> None:
    losses = expected_loss(probabilities, 1)
    assert losses[decide(probabilities, "median")].item() == pytest.approx(losses.min().item())


@given(distributions())
def test_the_mean_has_the_least_expected_squared_distance(probabilities: Tensor) -> None:
    losses = expected_loss(probabilities, 2)
    assert losses[decide(probabilities, "mean")].item() == pytest.approx(losses.min().item())


@given(distributions())
def test_the_mean_is_the_expectation_rounded(probabilities: Tensor) -> None:
    expected = sum(i * p for i, p in enumerate(probabilities[0].tolist()))
    assert abs(decide(probabilities, "mean").item() - expected) <= 0.5 + 1e-9


def test_the_three_can_differ() -> None:
    probabilities = torch.tensor(
        [[0.4, 0.0, 0.2, 0.05, 0.0, 0.35], [0.45, 0.1, 0.0, 0.0, 0.0, 0.45]]
    )
    chosen = {decision: decide(probabilities, decision).tolist() for decision in DECISIONS}
    assert chosen == {"mode": [0, 0], "median": [2, 1], "mean": [2, 2]}


@given(distributions(least=2).filter(lambda p: p.shape[1] == 2))
def test_of_two_classes_all_are_the_same(probabilities: Tensor) -> None:
    assert len({decide(probabilities, decision).item() for decision in DECISIONS}) == 1


@pytest.mark.parametrize("decision", DECISIONS)
def test_probabilities_that_are_no_numbers_still_name_a_class(decision: Decision) -> None:
    chosen = decide(torch.full((2, 5), float("nan")), decision)
    assert chosen.dtype == torch.int64
    assert chosen.min() >= 0
    assert chosen.max() < 5


@pytest.mark.parametrize(
    ("num_classes", "ordinal", "given"),
    [(2, True, "2 classes"), (2, False, "2 classes"), (4, False, "classes without an order")],
)
def test_classes_without_an_order_are_refused(num_classes: int, ordinal: bool, given: str) -> None:
    refuse_unordered("mode", num_classes, ordinal, "decision")
    with pytest.raises(InputError) as raised:
        refuse_unordered("median", num_classes, ordinal, "decision")
    assert str(raised.value) == (
        "decision: 'median' needs three or more ordered classes, but the data have "
        f"{given}; allowed: mode"
    )


def test_ordered_classes_may_have_any_decision() -> None:
    for decision in DECISIONS:
        refuse_unordered(decision, 3, True, "decision")
