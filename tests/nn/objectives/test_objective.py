"""Properties of every objective."""

from collections.abc import Callable

import torch
from hypothesis import given
from hypothesis import strategies as st
from tests.nn.objectives.cases import BINARY, OUTPUTS, objectives

from reviewlab.nn.objectives import Objective, decide


@objectives
@given(cut=st.integers(1, 5))
def test_batch_losses_add_up_to_the_loss_of_all(make: Callable[[], Objective], cut: int) -> None:
    objective = make()
    outputs = OUTPUTS[:, : objective.num_outputs]
    for loss in (objective.training_loss, objective.loss):
        parts = [
            loss(outputs[part], BINARY[part]) * len(BINARY[part])
            for part in (slice(cut), slice(cut, None))
        ]
        torch.testing.assert_close(sum(parts) / 6, loss(outputs, BINARY))


@objectives
@given(values=st.lists(st.floats(-8, 8), min_size=4, max_size=4))
def test_probabilities_sum_to_one_and_agree_with_predictions(
    make: Callable[[], Objective], values: list[float]
) -> None:
    objective = make()
    outputs = torch.tensor([values], dtype=torch.float64)[:, : objective.num_outputs]
    probabilities = objective.probabilities(outputs)
    assert probabilities.shape == (1, objective.arguments["num_classes"])
    assert probabilities.min() >= 0
    torch.testing.assert_close(probabilities.sum(1), torch.ones(1, dtype=torch.float64))
    predicted = objective.predictions(outputs)
    assert predicted.dtype == torch.int64
    decision = objective.arguments.get("decision", "mode")
    chosen = decide(probabilities, decision)
    assert probabilities[0, predicted] == probabilities[0, chosen]


@objectives
def test_outputs_that_are_no_numbers_still_name_a_class(make: Callable[[], Objective]) -> None:
    """A diverged run is flagged by its metrics, which need the index of a class."""
    objective = make()
    outputs = torch.full((2, objective.num_outputs), float("nan"))
    assert objective.predictions(outputs).min() >= 0
    assert objective.predictions(outputs).max() < objective.arguments["num_classes"]


@objectives
def test_arguments_build_the_objective_again(make: Callable[[], Objective]) -> None:
    objective = make()
    again = type(objective)(**objective.arguments)
    outputs = OUTPUTS[:, : objective.num_outputs]
    assert torch.equal(
        again.training_loss(outputs, BINARY), objective.training_loss(outputs, BINARY)
    )
    assert not objective.state_dict()  # the arguments are not repeated in the weights
