"""Trace a classifier as a program from a batch's inputs to probabilities."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.export import Dim, ExportedProgram, export
from torch.fx.experimental import _config as shapes_config

from reviewlab.exceptions import InputError, first_line
from reviewlab.exporting.recurrences import any_number_of_steps
from reviewlab.exporting.samples import TRACED, as_arguments, sample_batch
from reviewlab.models.classifier import ReviewClassifier
from reviewlab.models.ensemble import EnsembleClassifier

OUTPUT = "probabilities"
AXES = ("batch", "time")
"""The names of the axes of token ids and mask; images have the first one."""


class Probabilities(nn.Module):
    """A classifier that returns probabilities.

    Args:
        classifier: the classifier.
    """

    def __init__(self, classifier: ReviewClassifier) -> None:
        super().__init__()
        self.classifier = classifier

    def forward(self, token_ids: Tensor, mask: Tensor) -> Tensor:
        """Return probabilities `[batch, classes]` for token ids and mask `[batch, time]`."""
        if token_ids.shape != mask.shape:  # tells the trace that their axes are the same
            raise ValueError(f"ids {token_ids.shape} and mask {mask.shape} differ in shape")
        outputs: Tensor = self.classifier(token_ids, mask)
        return self.classifier.objective.probabilities(outputs.float())


class ImageProbabilities(nn.Module):
    """A classifier of images that returns probabilities.

    Args:
        classifier: the classifier.
    """

    def __init__(self, classifier: ReviewClassifier) -> None:
        super().__init__()
        self.classifier = classifier

    def forward(self, images: Tensor) -> Tensor:
        """Return probabilities `[batch, classes]` for images `[batch, 1, height, width]`."""
        outputs: Tensor = self.classifier(images)
        return self.classifier.objective.probabilities(outputs.float())


def trace(classifier: ReviewClassifier) -> ExportedProgram:
    """Trace a classifier for any number of examples, and for any length that it can read.

    Raises:
        InputError: the classifier is an ensemble, or torch cannot trace it.
    """
    if isinstance(classifier, EnsembleClassifier):
        raise InputError(
            "output: an ensemble cannot be exported to one file, since its members read texts in "
            "different ways; allowed: a folder, or a checkpoint of one of its members"
        )
    example = as_arguments(sample_batch(classifier, TRACED))
    free, wrap = (1, ImageProbabilities) if len(example) == 1 else (len(AXES), Probabilities)
    shapes = tuple(dict.fromkeys(range(free), Dim.AUTO) for _ in example)
    module = wrap(classifier).eval()
    try:
        with quiet(), any_number_of_steps(), _any_size(), _plain_attention(), torch.no_grad():
            program = export(module, example, dynamic_shapes=shapes, strict=False)
    except Exception as error:  # torch raises many kinds, for all that it cannot trace
        raise InputError(
            f"checkpoint: {type(classifier).__name__} cannot be exported, since torch cannot trace "
            f"it ({first_line(error)})"
        ) from error
    # With an example, torch also stores guards on its layout in memory, such as `batch != 1`.
    program.example_inputs = None
    for node in program.graph.nodes:
        node.meta.pop("stack_trace", None)  # the paths of source files on this machine
    return program


def input_names(program: ExportedProgram) -> tuple[str, ...]:
    """Return the names of the inputs: `token_ids` and `mask`, or `images`."""
    return tuple(map(str, program.graph_signature.user_inputs))


def axes_of(program: ExportedProgram) -> list[str | int]:
    """Return the axes of the inputs: a name if any size is allowed, else the only size."""
    names = program.graph_signature.user_inputs
    [node] = [node for node in program.graph.nodes if node.name == names[0]]
    sizes = node.meta["val"].shape
    fixed = [size if isinstance(size, int) else size.node.maybe_as_int() for size in sizes]
    return [AXES[axis] if size is None else size for axis, size in enumerate(fixed)]


@contextmanager
def _any_size() -> Iterator[None]:
    """Let axes have the size 1, which torch else excludes; `torch.onnx` sets the same option."""
    with shapes_config.patch(backed_size_oblivious=True):  # type: ignore[attr-defined]
        yield


@contextmanager
def _plain_attention() -> Iterator[None]:
    """Switch off torch's fused transformer layer, which no other program has."""
    before = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        yield
    finally:
        torch.backends.mha.set_fastpath_enabled(before)


@contextmanager
def quiet() -> Iterator[None]:
    """Hide what torch says about its own tracing, such as packages that it would have used.

    Whatever it warns of, the results are compared afterwards.
    """
    log = logging.getLogger("torch")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    finally:
        log.setLevel(level)
