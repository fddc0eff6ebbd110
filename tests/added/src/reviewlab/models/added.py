"""A model without dropout."""

from reviewlab.nn.added import AddedEncoder

from reviewlab.models.classifier import ReviewClassifier
from reviewlab.nn.objectives import Objective
from reviewlab.ranges import PositiveInt


class AddedClassifier(ReviewClassifier):
    """A linear classifier on a mean of vectors.

    Args:
        objective: the loss, which determines the number of outputs.
        vocab_size: the number of token ids.
        size: the size of a vector.
    """

    def __init__(
        self, objective: Objective, vocab_size: PositiveInt, size: PositiveInt = 32
    ) -> None:
        super().__init__(AddedEncoder(vocab_size, size), objective, "keras")
        self.save_hyperparameters(ignore=["objective"])
