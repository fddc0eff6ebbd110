"""Exports give probabilities, whatever the loss was."""

import pytest
import torch
from tests.exporting.classifiers import LENGTHS, small

from reviewlab.exporting.description import decision_of, describe_program
from reviewlab.exporting.onnx_file import as_onnx, onnx_predictor
from reviewlab.exporting.program_file import as_pt2, pt2_predictor
from reviewlab.exporting.samples import classify, make_batch
from reviewlab.exporting.tracing import axes_of, trace
from reviewlab.nn.objectives import BCE, MSE, CrossEntropy, Objective, Ordinal

pytest.importorskip("onnxscript", reason="not here: pip install 'reviewlab[export]'")

OBJECTIVES = [
    CrossEntropy(3),
    CrossEntropy(3, class_weight="balanced", class_counts=[1, 2, 3]),
    BCE(2),
    MSE(3),
    Ordinal(3, decision="median"),
]


@pytest.mark.parametrize("objective", OBJECTIVES, ids=lambda objective: type(objective).__name__)
def test_rows_are_distributions_over_the_labels(objective: Objective) -> None:
    model = small(objective)
    program = trace(model)
    predictors = [
        onnx_predictor(as_onnx(program, axes_of(program), {})),
        pt2_predictor(as_pt2(program, {})),
    ]
    for lengths in LENGTHS:
        batch = make_batch(model.text_encoder, lengths)
        for predict in predictors:
            probabilities = predict(batch)
            assert probabilities.shape == (len(lengths), len(model.label_names))
            torch.testing.assert_close(probabilities.sum(1), torch.ones(len(lengths)))
            torch.testing.assert_close(probabilities, classify(model, batch), atol=1e-5, rtol=0)


def test_the_decision_is_described() -> None:
    assert [decision_of(small(objective)) for objective in OBJECTIVES] == [*["mode"] * 4, "median"]


@pytest.mark.parametrize("objective", OBJECTIVES, ids=lambda objective: type(objective).__name__)
def test_without_a_choice_of_rules_the_most_probable_class_is_predicted(
    objective: Objective,
) -> None:
    model = small(objective)
    if decision_of(model) != "mode":
        return
    outputs = torch.randn(50, objective.num_outputs, generator=torch.Generator().manual_seed(0)) * 3
    probabilities = objective.probabilities(outputs)
    assert torch.equal(probabilities.argmax(1), objective.predictions(outputs))


def test_inputs_and_output_are_described() -> None:
    about = describe_program(small(), ["batch", "time"])
    assert about["labels"] == ["bad", "so-so", "good"]
    assert [(name, one["type"], one["shape"]) for name, one in about["inputs"].items()] == [
        ("token_ids", "int64", ["batch", "time"]),
        ("mask", "bool", ["batch", "time"]),
    ]
    assert about["outputs"]["probabilities"]["shape"] == ["batch", 3]
