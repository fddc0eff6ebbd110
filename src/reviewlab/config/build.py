"""Build objects from a checked experiment, passing them the facts about the data that they need."""

from collections.abc import Mapping
from typing import Any

from pytorch_lightning.callbacks import Callback, EarlyStopping

from reviewlab.config.experiment import Experiment
from reviewlab.config.part import Part
from reviewlab.config.signatures import list_arguments
from reviewlab.exceptions import InputError
from reviewlab.models.classifier import ReviewClassifier
from reviewlab.text.encoder import TextEncoder
from reviewlab.values import describe, suits


def build_classifier(experiment: Experiment, facts: Mapping[str, object]) -> ReviewClassifier:
    """Build the classifier, that is, the model with its loss, once the data are prepared.

    Args:
        experiment: the experiment, which configures model, loss and text encoder.
        facts: values that depend on the data, by the name of the constructor argument:
            `vocab_size`, `num_classes`, `class_counts`, `max_length`, `ordinal`, `image_size`.

    Raises:
        InputError: the model or the loss does not fit the data.
    """
    _refuse_facts(experiment.loss, "loss", facts)
    _refuse_facts(experiment.model, "model", facts)
    objective = experiment.loss.build(facts)
    classifier = experiment.model.build({**facts, "objective": objective})
    text: Part[TextEncoder] | None = experiment.data.value("text")
    if text is not None:
        _refuse_text(text, classifier)
    return classifier


def build_callbacks(experiment: Experiment) -> list[Callback]:
    """Build the callbacks in the order of the config, except those that are None.

    Early stopping is left out if there is no validation split, since it has no metric to monitor.
    """
    callbacks = [part.build() for part in experiment.callbacks.values() if part is not None]
    if experiment.validates:
        return callbacks
    return [callback for callback in callbacks if not isinstance(callback, EarlyStopping)]


def _refuse_facts(part: Part[Any], group: str, facts: Mapping[str, object]) -> None:
    parameters = list_arguments(part.factory, group)
    for name in facts.keys() & parameters.keys():
        wanted = parameters[name].annotation
        if not suits(facts[name], wanted):
            key = "data.text.max_length" if name == "max_length" else f"data: {name}"
            allowed = describe(wanted)
            raise InputError(
                f"{key}: {facts[name]} is not allowed with this {group}; allowed: {allowed}"
            )


def _refuse_text(text: Part[Any], classifier: ReviewClassifier) -> None:
    pad_to = text.value("pad_to", "longest")
    if classifier.encoder.reads_padding and pad_to != "max_length":
        raise InputError(
            f"data.text.pad_to: {pad_to!r} is not allowed with this model, whose output depends on "
            "the amount of padding; allowed: max_length"
        )
    if text.value("distinct") and not classifier.encoder.reads_a_set:
        raise InputError(
            "data.text.distinct: true discards the order and counts of words, which this model "
            "needs; allowed: false, or model=mlp model.features=multi_hot"
        )
