"""Squared error against scikit-learn and against its formula."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import mean_squared_error
from tests.nn.objectives.cases import LABELS, OUTPUTS

from reviewlab.nn import MSE


def test_mse_is_that_of_scikit_learn() -> None:
    objective = MSE(3)
    expected = mean_squared_error(LABELS.numpy(), OUTPUTS[:, 0].numpy())
    assert objective.loss(OUTPUTS[:, :1], LABELS).item() == pytest.approx(expected, abs=1e-9)
    assert objective.training_loss(OUTPUTS[:, :1], LABELS).item() == pytest.approx(expected)


@given(st.floats(-3, 8))
def test_mse_predictions_are_rounded_and_clipped(number: float) -> None:
    outputs = torch.tensor([[number]], dtype=torch.float64)
    objective = MSE(5)
    if number % 1 != 0.5:
        assert objective.predictions(outputs).item() == min(max(round(number), 0), 4)
    expected = objective.probabilities(outputs) @ torch.arange(5.0, dtype=torch.float64)
    assert expected.item() == pytest.approx(min(max(number, 0), 4))


def test_mse_probabilities_lie_on_the_two_neighbours() -> None:
    probabilities = MSE(5).probabilities(torch.tensor([[1.25], [-2.0], [9.0]]))
    expected = torch.tensor([[0, 0.75, 0.25, 0, 0], [1, 0, 0, 0, 0], [0, 0, 0, 0, 1]])
    torch.testing.assert_close(probabilities, expected)


def test_evidence_of_a_number_is_the_number() -> None:
    for label in range(5):
        assert torch.equal(MSE(5).evidence(OUTPUTS[:, :1], label), OUTPUTS[:, 0])
