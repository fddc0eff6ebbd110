"""Classify texts with a trained classifier."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from reviewlab.data.corpus import Corpus
from reviewlab.models.classifier import ReviewClassifier

TOKENS_AT_A_TIME = 2**18  # limits the memory of batches with reviews of a megabyte


class Scores(NamedTuple):
    """A classifier's predictions for texts, in the order of the texts.

    Attributes:
        predictions: index of each text's predicted label, int64 `[texts]`.
        probabilities: probability of each class, float32 `[texts, classes]`.
        numbers: the outputs of a classifier that predicts a number, float32 `[texts]`; None for
            other classifiers.
    """

    predictions: NDArray[np.int64]
    probabilities: NDArray[np.float32]
    numbers: NDArray[np.float32] | None = None


def score(classifier: ReviewClassifier, texts: Sequence[str], batch_size: int = 256) -> Scores:
    """Classify texts on the classifier's device, each independently of the others.

    Args:
        classifier: the classifier.
        texts: the texts.
        batch_size: number of texts per batch.
    """
    ids, offsets = classifier.text_encoder.encode(texts)
    corpus = Corpus.from_arrays(ids, offsets, np.zeros(len(texts)))
    return score_corpus(classifier, corpus, batch_size)


@torch.inference_mode()
def score_corpus(classifier: ReviewClassifier, corpus: Corpus, batch_size: int = 256) -> Scores:
    """Classify encoded reviews, and return the results in the order of the corpus.

    Reviews of similar length are batched together, so that there is little padding.

    Args:
        classifier: the classifier.
        corpus: the reviews, encoded by the classifier's text encoder.
        batch_size: number of reviews per batch.
    """
    lengths = corpus.lengths_read(classifier.text_encoder)
    order = np.argsort(-lengths, kind="stable")
    outputs = [
        _outputs(classifier, corpus, order[batch]) for batch in _batches(lengths[order], batch_size)
    ]
    if not outputs:
        return Scores(np.zeros(0, np.int64), np.zeros((0, len(classifier.label_names)), np.float32))
    together = torch.cat(outputs).float()
    place = np.argsort(order)
    objective = classifier.objective
    return Scores(
        objective.predictions(together).cpu().numpy()[place],
        objective.probabilities(together).cpu().numpy()[place],
        None if objective.scale == "log odds" else together[:, 0].cpu().numpy()[place],
    )


def _outputs(classifier: ReviewClassifier, corpus: Corpus, indices: NDArray[np.int64]) -> Tensor:
    batch = corpus.gather(indices, classifier.text_encoder)
    device = classifier.device
    outputs: Tensor = classifier(*batch.inputs_on(device))
    return outputs


def _batches(lengths: NDArray[np.int64], batch_size: int) -> Iterator[slice]:
    """Split reviews into batches, each with a limited number of reviews and padded tokens.

    Args:
        lengths: lengths of the reviews, in descending order.
        batch_size: largest number of reviews per batch.

    Yields:
        The reviews of each batch, as a slice of `lengths`.
    """
    begin = 0
    while begin < len(lengths):
        fit = TOKENS_AT_A_TIME // max(1, int(lengths[begin]))
        end = begin + max(1, min(batch_size, fit))
        yield slice(begin, end)
        begin = end
