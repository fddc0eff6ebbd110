"""Warnings about settings of an experiment that affect each other."""

from collections.abc import Iterator

from reviewlab.config.build import build_callbacks
from reviewlab.config.experiment import Experiment
from reviewlab.data.reviews import Classes

FAST = 3e-4
"""The learning rate above which fine-tuning usually destroys what an encoder has learned."""


def interactions(experiment: Experiment, classes: Classes) -> Iterator[str]:
    """Yield warnings about settings that affect each other or do not suit the classes."""
    chosen = [part for part in experiment.callbacks.values() if part is not None]
    if len(build_callbacks(experiment)) < len(chosen):
        yield "no reviews are held out: early stopping is off, and all epochs are trained"
    weighted = experiment.loss.value("class_weight") == "balanced"
    if experiment.data.value("balanced") and weighted:
        yield (
            "data.balanced=true and loss.class_weight=balanced both balance the classes; "
            "together they give too much weight to rare ones"
        )
    rate = experiment.optimizer.value("lr", 0.0)
    encoder = experiment.model.name == "PretrainedClassifier"
    if encoder and experiment.model.value("train") == "all" and rate > FAST:
        yield (
            f"optimizer.lr={rate:g} is large for training all weights of a pretrained encoder; "
            "experiment=fine_tuning uses 5e-5 and a warm-up"
        )
    if experiment.loss.name == "MSE" and not classes.ordinal and len(classes.names) > 2:
        yield (
            f"loss=mse treats the classes {', '.join(classes.names)} as numbers in this order; "
            "if the order has no meaning, use loss=cross_entropy"
        )
