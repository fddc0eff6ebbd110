"""Export a checkpoint to a file or a folder, and check that it computes the same probabilities."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from reviewlab.exporting.card import write_card
from reviewlab.exporting.description import describe_program
from reviewlab.exporting.program_file import as_pt2, pt2_predictor
from reviewlab.exporting.results import read_results
from reviewlab.exporting.samples import Sample, classify, compare, make_samples
from reviewlab.exporting.target import Target
from reviewlab.exporting.tracing import axes_of, trace
from reviewlab.models.classifier import ReviewClassifier
from reviewlab.models.exported import write_parts
from reviewlab.models.loading import load_classifier
from reviewlab.runs.atomic import atomic_folder, atomic_path
from reviewlab.runs.files import write_text


class Exported(NamedTuple):
    """The result of an export.

    Attributes:
        paths: the files, or the folder.
        difference: the largest difference to the checkpoint in the probabilities of some reviews.
    """

    paths: list[Path]
    difference: float


def export_checkpoint(checkpoint: Path, target: Target) -> Exported:
    """Export a checkpoint.

    Args:
        checkpoint: a .ckpt file, or an exported folder.
        target: the file or folder to write.

    Raises:
        InputError: the checkpoint cannot be loaded, cannot be exported in this form, or would give
            other probabilities.
    """
    classifier = load_classifier(checkpoint)
    samples = make_samples(classifier)
    classifier.merge_adapters()
    if target.kind == "folder":
        return _write_folder(classifier, samples, checkpoint, target.path)
    write = _write_onnx if target.kind == "onnx" else _write_pt2
    return write(classifier, samples, target.path)


def _write_folder(
    classifier: ReviewClassifier, samples: Sequence[Sample], checkpoint: Path, path: Path
) -> Exported:
    """Write a folder with weights, text encoder, labels, config and model card.

    Args:
        classifier: the classifier.
        samples: the checkpoint's probabilities.
        checkpoint: the checkpoint, whose run has the results for the model card.
        path: the folder.
    """
    with atomic_folder(path) as folder:
        write_parts(classifier, folder)
        write_card(classifier, read_results(checkpoint), folder)
        loaded = load_classifier(folder)
        difference = compare(samples, lambda batch: classify(loaded, batch))
    return Exported([path], difference)


def _write_pt2(classifier: ReviewClassifier, samples: Sequence[Sample], path: Path) -> Exported:
    program = trace(classifier)
    about = describe_program(classifier, axes_of(program))
    content = as_pt2(program, {**about, **_encoding_of(classifier)})
    difference = compare(samples, pt2_predictor(content))
    with atomic_path(path) as temporary:
        temporary.write_bytes(content)
    return Exported([path], difference)


def _encoding_of(classifier: ReviewClassifier) -> dict[str, Any]:
    """Return the state of the text encoder under its key; nothing for a classifier of images."""
    if classifier.inputs == "images":
        return {}
    return {"text_encoder": classifier.text_encoder.state()}


def _write_onnx(classifier: ReviewClassifier, samples: Sequence[Sample], path: Path) -> Exported:
    from reviewlab.exporting.onnx_file import as_onnx, neighbour_of, onnx_predictor

    program = trace(classifier)
    axes = axes_of(program)
    about = describe_program(classifier, axes)
    content = as_onnx(program, axes, about)
    difference = compare(samples, onnx_predictor(content))
    neighbour = neighbour_of(path)
    whole = {**about, **_encoding_of(classifier)}
    with atomic_path(path) as temporary:
        temporary.write_bytes(content)
        write_text(neighbour, json.dumps(whole, indent=2) + "\n")
    return Exported([path, neighbour], difference)
