"""Write a traced classifier as an ONNX file, with a file beside it that encodes texts."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.export import ExportedProgram

from reviewlab.data.batch import Batch
from reviewlab.exceptions import InputError, first_line
from reviewlab.exporting.description import KEY
from reviewlab.exporting.onnx_layers import TRANSLATIONS
from reviewlab.exporting.recurrences import any_number_of_steps
from reviewlab.exporting.samples import as_arguments
from reviewlab.exporting.tracing import AXES, OUTPUT, input_names, quiet

LARGEST = 2**31 - 1
"""The largest number of bytes in a message of Protocol Buffers, the format of ONNX files."""


def as_onnx(program: ExportedProgram, axes: Sequence[str | int], about: Mapping[str, Any]) -> bytes:
    """Return the content of an ONNX file.

    Args:
        program: the traced classifier.
        axes: the axes of every input, as `axes_of` returns them.
        about: the description to store in the file, as JSON types.

    Raises:
        InputError: an operation has no equivalent in ONNX, or the file would be too large.
    """
    names = {number: axis for number, axis in enumerate(axes) if axis in AXES}
    inputs = input_names(program)
    try:
        with quiet(), any_number_of_steps():
            converted = torch.onnx.export(
                program,
                dynamic_shapes=dict.fromkeys(inputs, names),
                input_names=inputs,
                output_names=(OUTPUT,),
                custom_translation_table=TRANSLATIONS,
                verbose=False,
            )
        if converted is None:
            raise TypeError("no program")
        converted.model.metadata_props[KEY] = json.dumps(about)
        content: bytes = converted.model_proto.SerializeToString()
    except Exception as error:  # torch and the library raise many kinds
        raise InputError(
            "output: this classifier cannot be converted to ONNX "
            f"({first_line(error)}); allowed: a .pt2 file or a folder"
        ) from error
    return content


def onnx_predictor(content: bytes) -> Callable[[Batch[Any]], Tensor]:
    """Return a function that computes a batch's probabilities with onnxruntime."""
    import onnxruntime

    onnxruntime.set_default_logger_severity(3)  # it warns of graphics cards that it does not find
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])

    inputs = [one.name for one in session.get_inputs()]

    def predict(batch: Batch[Any]) -> Tensor:
        arrays = (tensor.numpy() for tensor in as_arguments(batch))
        [probabilities] = session.run([OUTPUT], dict(zip(inputs, arrays, strict=True)))
        return torch.from_numpy(np.asarray(probabilities))

    return predict


def neighbour_of(path: Path) -> Path:
    """Return the path of the file beside an ONNX file that encodes texts."""
    return path.with_name(f"{path.name}.json")
