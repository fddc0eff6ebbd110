"""Every architecture can be exported; architectures are found as in `models/test_architectures`."""

import re

import pytest
import torch
from tests.exporting.classifiers import LENGTHS, of_variant
from tests.models.test_architectures import (  # noqa: F401  a fixture
    MAX_LENGTH,
    Arguments,
    every_variant,
    example,
)

from reviewlab.exporting.onnx_file import as_onnx, onnx_predictor
from reviewlab.exporting.program_file import as_pt2, pt2_predictor
from reviewlab.exporting.samples import classify, make_batch
from reviewlab.exporting.tracing import axes_of, trace

pytest.importorskip("onnxscript", reason="not here: pip install 'reviewlab[export]'")


ONLY_IN_TRAINING = re.compile("(init|kernel|weighting|keep_base|gradient_checkpointing|train)=")
"""Finds the variants of a classifier that compute the same as another one."""

every_form = pytest.mark.parametrize(
    "variant",
    [one for one in every_variant.args[1] if not ONLY_IN_TRAINING.search(one.id)],
)


@every_form
def test_exports_have_the_same_probabilities_for_any_shape(variant: Arguments) -> None:
    model = of_variant(variant)
    program = trace(model)
    axes = axes_of(program)
    fixed = model.encoder.reads_padding and model.encoder.has_positions
    assert axes == ["batch", MAX_LENGTH if fixed else "time"]
    predictors = [onnx_predictor(as_onnx(program, axes, {})), pt2_predictor(as_pt2(program, {}))]
    for lengths in LENGTHS:
        batch = make_batch(model.text_encoder, lengths)
        expected = classify(model, batch)
        for predict in predictors:
            torch.testing.assert_close(predict(batch), expected, atol=1e-5, rtol=0)
    assert expected.std() > 0.01
