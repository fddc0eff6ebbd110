"""A linear classifier over n-grams, a baseline that is hard to beat."""

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
    """One weight for each n-gram and output, and a bias.

    Args:
        objective: the loss, which sets the number of outputs.
        vocab_size: number of n-grams.
        weighting: the scale of n-grams, fixed before training: `binary` treats all alike, `tfidf`
            favours rare ones, `nb` those that the classes use differently, `tfidf_nb` both.
        smoothing: number that is added to each count of naive Bayes.
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
        """Set the scale of the n-grams from the training reviews."""
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
    """Count the reviews of each class that contain each n-gram.

    Args:
        corpus: reviews as sets of n-grams.
        classes: number of classes.
        vocab_size: number of n-grams.

    Returns:
        int64 `[classes, vocab_size]`.
    """
    label_of_id = np.repeat(corpus.labels, corpus.lengths)
    cells = np.bincount(label_of_id * vocab_size + corpus.ids, minlength=classes * vocab_size)
    return cells.reshape(classes, vocab_size)
