"""Effects from weights: a linear model is its own explanation.

The outputs of a linear model are sums over n-grams. Each n-gram's term is shared equally among its
words wherever the n-gram occurs, so that the effects of all words add up. Evidence that
is not linear in the outputs (the log odds of one of many classes) is attributed by integrated
gradients, along a path from no n-grams to all of them.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from reviewlab.exceptions import InputError
from reviewlab.explaining.gradient import Gradients, obstacle
from reviewlab.explaining.reading import Reading, together
from reviewlab.models.classifier import ReviewClassifier
from reviewlab.models.ngram import NgramClassifier

STEPS = 256
"""Points on the path from no n-grams to all; each costs only an evaluation of the objective."""


def weight_effects(classifier: ReviewClassifier, reading: Reading, label: int) -> Gradients:
    """Measure each word's effect on a class; an n-gram's effect is divided among its words.

    Args:
        classifier: the classifier.
        reading: the text, with its words and token ids.
        label: the index of the class to explain.

    Raises:
        InputError: the classifier is not linear.
    """
    if not isinstance(classifier, NgramClassifier):
        others = "occlusion" if obstacle(classifier) else "gradient, occlusion"
        raise InputError(
            f"method: 'weights' is not possible: {type(classifier).__name__} is not a linear model"
            f" of n-grams; allowed: {others}"
        )
    with torch.no_grad():
        parts = ngram_parts(classifier, reading)
        bias = classifier(*no_ngram(classifier))
    pull = _mean_gradient(classifier, bias, parts.sum(0, keepdim=True), label)
    of_ngram = (parts @ pull).double().numpy()
    effects = share_among_words(of_ngram, reading)
    without = float(classifier.objective.evidence(bias, label))
    with_all = float(classifier.objective.evidence(bias + parts.sum(0), label))
    return Gradients(effects, without, with_all - without - float(effects.sum()))


def ngram_parts(classifier: NgramClassifier, reading: Reading) -> Tensor:
    """Return what each n-gram of a text adds to the outputs, `[n-grams, num_outputs]`."""
    encoder, ids = classifier.encoder, torch.from_numpy(reading.ids).long()
    scale = encoder.scale[ids]
    length = scale.square().sum().sqrt().clamp(min=torch.finfo(scale.dtype).tiny)
    return encoder.weight[ids] * (scale / length)[:, None]


def no_ngram(classifier: NgramClassifier) -> tuple[Tensor, Tensor]:
    """Return a batch of one review without any n-gram."""
    empty = together([np.zeros(0, np.int32)])
    batch = empty.gather(np.zeros(1, np.int64), classifier.text_encoder)
    return batch.inputs.token_ids, batch.inputs.mask


def share_among_words(of_ngram: NDArray[np.float64], reading: Reading) -> NDArray[np.float64]:
    """Divide each n-gram's effect among its words; return each word's total, `[words]`."""
    shares = np.bincount(
        [place for word in reading.words for place in word.places], minlength=len(of_ngram)
    )
    of_share = of_ngram / np.maximum(shares, 1)
    return np.array([of_share[[*word.places]].sum() for word in reading.words])


def _mean_gradient(classifier: NgramClassifier, bias: Tensor, sums: Tensor, label: int) -> Tensor:
    """Average the gradient of the log odds on the path from no n-grams to all, `[num_outputs]`.

    Args:
        classifier: the classifier.
        bias: the outputs without n-grams, `[1, num_outputs]`.
        sums: what all n-grams add to the outputs, `[1, num_outputs]`.
        label: the index of the class to explain.
    """
    steps = (torch.arange(STEPS) + 0.5) / STEPS
    outputs = (bias + steps[:, None] * sums).requires_grad_()
    evidence = classifier.objective.evidence(outputs, label)
    [gradient] = torch.autograd.grad(evidence.sum(), outputs)
    return gradient.mean(0)
