"""Refuse data, or a text encoder, that a model cannot read."""

from typing import Any

from reviewlab.config.experiment import Experiment
from reviewlab.config.part import Part
from reviewlab.config.signatures import return_type
from reviewlab.exceptions import InputError
from reviewlab.text.encoder import Inputs, TextEncoder


def refuse_inputs(experiment: Experiment) -> None:
    """Refuse data, or a text encoder, that the model cannot read.

    Raises:
        InputError: the model reads another kind of input; the message names both.
    """
    text, model = experiment.data.value("text"), experiment.model
    wanted = _inputs_of(model)
    if text is None or wanted == "images":
        _refuse_images(experiment.data, model)
        return
    given = _inputs_of(text)
    if given != wanted:
        of_kind = "ngrams" if wanted == "ngrams" else "words"
        raise InputError(
            f"data.text: {text.name} produces {given}, but {model.name} reads {wanted}; "
            f"allowed: data/text={of_kind}, or another model"
        )
    reads: type = getattr(model.factory, "reads", TextEncoder)
    if not issubclass(return_type(text.factory), reads):
        raise InputError(
            f"data.text: {text.name} is not allowed with {model.name}, which was pretrained with "
            f"its own tokenizer; allowed: {reads.__name__}"
        )


def _refuse_images(data: Part[Any], model: Part[Any]) -> None:
    """Refuse images for a model that reads texts, and texts for a model that reads images."""
    has_texts, reads_texts = data.value("text") is not None, _inputs_of(model) != "images"
    if has_texts and not reads_texts:
        raise InputError(
            f"model: {model.name} reads images, but {data.name} has texts; allowed: data=mnist, or "
            "another model"
        )
    if reads_texts and not has_texts:
        raise InputError(
            f"model: {model.name} reads texts, but {data.name} has images; allowed: "
            "model=image_cnn, or other data"
        )


def _inputs_of(part: Part[Any]) -> Inputs:
    """Return the kind of input that a text encoder produces or a model reads."""
    inputs: Inputs = getattr(part.factory, "inputs", "token_ids")
    return inputs
