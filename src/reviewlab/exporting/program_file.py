"""Write a traced classifier as a file of `torch.export`."""

import io
import json
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor
from torch.export import ExportedProgram

from reviewlab.data.batch import Batch
from reviewlab.exporting.description import KEY
from reviewlab.exporting.samples import as_arguments
from reviewlab.exporting.tracing import quiet


def as_pt2(program: ExportedProgram, about: Mapping[str, Any]) -> bytes:
    """Return the content of a .pt2 file.

    Args:
        program: the traced classifier.
        about: the description to store in the file, as JSON types.
    """
    file = io.BytesIO()
    with quiet():
        torch.export.save(program, file, extra_files={f"{KEY}.json": json.dumps(about)})
    return file.getvalue()


def pt2_predictor(content: bytes) -> Callable[[Batch[Any]], Tensor]:
    """Return a function that computes a batch's probabilities with the content of a .pt2 file."""
    with quiet():
        module = torch.export.load(io.BytesIO(content)).module()

    def predict(batch: Batch[Any]) -> Tensor:
        with torch.no_grad():
            probabilities: Tensor = module(*as_arguments(batch))
        return probabilities

    return predict
