"""A linear classifier over n-grams, which is hard to beat."""

from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from reviewlab.models.classifier import ReviewClassifier
from reviewlab.nn.ngrams import Bias, NgramSum, Weighting, ngram_scale
from reviewlab.nn.objectives import Objective
from reviewlab.ranges import PositiveFloat, PositiveInt

if TYPE_CHECKING:
    from reviewlab.data.corpus import Corpus
    from reviewlab.data.datamodule import ReviewDataModule


class NgramClassifier(ReviewClassifier):
    """A weight for each n-gram and output, and nothing else.

    weighting: how n-grams are scaled before the training: binary for all alike, tfidf for rare ones
        more, nb for those more that the classes use differently, tfidf_nb for both.
    smoothing: added to the counts of naive Bayes.
    """

    inputs = "ngrams"

    def __init__(
        self,
        objective: Objective,
        vocab_size: PositiveInt,
        weighting: Weighting = "tfidf_nb",
        smoothing: PositiveFloat = 1.0,
    ) -> None:
        encoder = NgramSum(vocab_size, objective.num_outputs)
        super().__init__(encoder, objective, head=Bias(objective.num_outputs))
        self.encoder: NgramSum = encoder
        self.weighting = weighting
        self.smoothing = smoothing
        self.save_hyperparameters(ignore=["objective"])

    def start_from(self, data: "ReviewDataModule") -> None:
        """Weigh the n-grams by the training reviews that they are in."""
        corpus, classes = data.corpus("train"), len(data.classes.names)
        counts = count_by_class(corpus, classes, len(self.encoder.scale))
        reviews = np.bincount(corpus.labels, minlength=classes)
        scale = ngram_scale(
            torch.from_numpy(counts).double(),
            torch.from_numpy(reviews).double(),
            self.weighting,
            self.smoothing,
        )
        self.encoder.scale.copy_(scale)


def count_by_class(corpus: "Corpus", classes: int, vocab_size: int) -> NDArray[np.int64]:
    """Count the reviews of each class that each n-gram is in, int64 `[classes, vocab_size]`.

    Args:
        corpus: of sets of n-grams.
        classes: how many there are.
        vocab_size: how many n-grams there are.
    """
    of_ngram = np.repeat(corpus.labels, corpus.lengths)
    cells = np.bincount(of_ngram * vocab_size + corpus.ids, minlength=classes * vocab_size)
    return cells.reshape(classes, vocab_size)
