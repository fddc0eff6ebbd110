"""An explanation: the words of a text with their effects on a classifier's prediction."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray

from reviewlab.exceptions import InputError
from reviewlab.explaining.gradient import TOLERANCE, integrated_gradients, obstacle
from reviewlab.explaining.occlusion import Blank, blank, evidence, occlusion
from reviewlab.explaining.reading import Reading, ReadWord, read, together
from reviewlab.explaining.weights import weight_effects
from reviewlab.models.classifier import ReviewClassifier
from reviewlab.models.ngram import NgramClassifier

SCHEMA_VERSION = 1

Method = Literal["gradient", "occlusion", "weights"]


@dataclass(frozen=True)
class Explanation:
    """A prediction for a text, and the effect of each word on it.

    Attributes:
        classifier: the name of the classifier's class.
        reading: the text, with its words and token ids.
        prediction: the predicted label, as from `predict`.
        probabilities: the probability of each label, as from `predict`.
        label: the class that is explained; None if the output is a single number.
        scale: the unit of `effects`, `with_words` and `without_words`.
        method: the method that measured the effects.
        chosen: why a better method was not possible, if the method was chosen automatically; else
            empty.
        blank: what replaces a removed word; empty if the word is left out.
        with_words: the log odds of `label`, or the single output, for the whole text.
        without_words: the same for the text without its words.
        effects: the effect of each word; None for words that were cut off.
        gap: how far the sum of the effects falls short of `with_words` minus `without_words`; None
            for a method whose effects need not add up to this difference.
    """

    classifier: str
    reading: Reading
    prediction: str
    probabilities: dict[str, float]
    label: str | None
    scale: str
    method: Method
    chosen: str
    blank: Blank
    with_words: float
    without_words: float
    effects: list[float | None]
    gap: float | None

    @property
    def shares(self) -> list[float | None]:
        """The effect of each word divided by the sum of absolute effects."""
        total = sum(abs(effect) for effect in self.effects if effect is not None)
        return [effect if effect is None else effect / (total or 1.0) for effect in self.effects]

    @property
    def how(self) -> str:
        """A description of the method, which says whether its effects add up."""
        if self.gap is None:
            taken = f"replaced by {self.blank}" if self.blank else "left out"
            return f"each word {taken} in turn; effects need not add up"
        if self.method == "weights":
            return "weights of n-grams, shared among their words; effects add up"
        whole = self.with_words - self.without_words
        return f"integrated gradients; effects add up to {whole - self.gap:+.3f} of {whole:+.3f}"

    @property
    def rough(self) -> bool:
        """True if the effects should add up, but are off by more than `TOLERANCE`."""
        sizes = sum(abs(effect) for effect in self.effects if effect is not None)
        return self.gap is not None and abs(self.gap) > TOLERANCE * sizes

    @property
    def without(self) -> str:
        """A description of what `without_words` was measured on."""
        return f"every word replaced by {self.blank}" if self.blank else "an empty review"

    @property
    def unread(self) -> list[ReadWord]:
        """The words that were cut off and therefore not read."""
        return [word for word in self.reading.words if not word.places]

    @property
    def unknown(self) -> list[ReadWord]:
        """The words that were read, but are not in the vocabulary."""
        return [word for word in self.reading.words if word.places and not word.known]

    def as_json(self) -> dict[str, Any]:
        """Return the whole explanation as a dictionary that can be written as JSON."""
        words = zip(self.reading.words, self.effects, self.shares, strict=True)
        return {
            "schema": SCHEMA_VERSION,
            "classifier": self.classifier,
            "text": self.reading.text,
            "prediction": self.prediction,
            "probabilities": self.probabilities,
            "label": self.label,
            "scale": self.scale,
            "method": self.method,
            "chosen_because": self.chosen or None,
            "without": self.without,
            "with_words": self.with_words,
            "without_words": self.without_words,
            "gap": self.gap,
            "words": [
                {
                    "word": self.reading.spelling(word),
                    "start": word.start,
                    "end": word.end,
                    "read": bool(word.places),
                    "known": word.known,
                    "effect": effect,
                    "share": share,
                }
                for word, effect, share in words
            ],
        }


def explain(
    classifier: ReviewClassifier, text: str, method: Method | None = None, label: str | None = None
) -> Explanation:
    """Measure the effect of each word of a text on the prediction.

    Args:
        classifier: the classifier, on the CPU; on a GPU, recurrent layers may support gradients
            only in training mode.
        text: the review.
        method: the method; None chooses `weights` for a linear classifier, else `gradient` if the
            classifier has word vectors and captum is installed, else `occlusion`.
        label: the class to explain; None for the predicted one.

    Raises:
        InputError: the method is not possible, or the label cannot be explained.
    """
    names = list(classifier.label_names)
    number = _number(classifier, label)
    reading = read(classifier.text_encoder, text)
    answer, probabilities = _answer(classifier, reading)
    number = answer if number is None else number
    used, reason = (method, "") if method else _choose_method(classifier)
    effects, without, gap = _effects(classifier, reading, number, used)
    pairs = zip(effects.tolist(), reading.words, strict=True)
    return Explanation(
        classifier=type(classifier).__name__,
        reading=reading,
        prediction=names[answer],
        probabilities=dict(zip(names, probabilities, strict=True)),
        label=names[number] if explains_a_class(classifier) else None,
        scale=classifier.objective.scale,
        method=used,
        chosen=reason,
        blank="zeros" if used == "gradient" else blank(classifier),
        with_words=evidence(classifier, [reading.ids], number)[0],
        without_words=without,
        effects=[effect if word.places else None for effect, word in pairs],
        gap=gap,
    )


def _choose_method(classifier: ReviewClassifier) -> tuple[Method, str]:
    """Return the best possible method for a classifier, and why a better one is not possible."""
    if isinstance(classifier, NgramClassifier):
        return "weights", ""
    reason = obstacle(classifier)
    return ("occlusion" if reason else "gradient"), reason


def _effects(
    classifier: ReviewClassifier, reading: Reading, number: int, method: Method
) -> tuple[NDArray[np.float64], float, float | None]:
    if method == "occlusion":
        return *occlusion(classifier, reading, number), None
    if method == "weights":
        return weight_effects(classifier, reading, number)
    return integrated_gradients(classifier, reading, number)


def explains_a_class(classifier: ReviewClassifier) -> bool:
    """Return True if a single class can be explained, False if the output is a number."""
    return classifier.objective.scale == "log odds"


def _number(classifier: ReviewClassifier, label: str | None) -> int | None:
    if label is None:
        return None
    names = list(classifier.label_names)
    if not explains_a_class(classifier):
        raise InputError(
            f"label: {label!r} is not allowed: this classifier predicts one number, and only that"
            " can be explained; omit label"
        )
    if label not in names:
        raise InputError(f"label: {label!r} is not allowed; allowed: {', '.join(names)}")
    return names.index(label)


@torch.inference_mode()
def _answer(classifier: ReviewClassifier, reading: Reading) -> tuple[int, list[float]]:
    batch = together([reading.ids]).gather(np.zeros(1, np.int64), classifier.text_encoder)
    outputs = classifier(*batch.inputs).float()
    objective = classifier.objective
    return int(objective.predictions(outputs)), objective.probabilities(outputs)[0].tolist()
