"""A model and a data set of a package outside reviewlab."""

from collections.abc import Iterable
from dataclasses import dataclass

from torch import Tensor, nn

from reviewlab.data.demo import DemoDataModule
from reviewlab.data.reviews import Reviews
from reviewlab.models import ReviewClassifier
from reviewlab.nn.encoder import Encoder
from reviewlab.nn.objectives import Objective
from reviewlab.ranges import Fraction, PositiveInt
from reviewlab.text.words import WordEncoder


class MeanEncoder(Encoder):
    """The mean of word vectors."""

    def __init__(self, vocab_size: int, width: int, dropout: float) -> None:
        super().__init__()
        self.output_size = width
        self.embedding = nn.Embedding(vocab_size, width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, token_ids: Tensor, mask: Tensor) -> Tensor:
        """Return features `[batch, width]` of token ids and mask `[batch, time]`."""
        weights = mask.unsqueeze(2).to(self.embedding.weight.dtype)
        total = (self.embedding(token_ids) * weights).sum(1)
        features: Tensor = self.dropout(total / weights.sum(1).clamp(min=1))
        return features


class MeanClassifier(ReviewClassifier):
    """A bag of words.

    Args:
        objective: the loss, which determines the number of outputs.
        vocab_size: the number of token ids.
        width: the size of a word vector.
        dropout: dropout on the mean.
    """

    def __init__(
        self,
        objective: Objective,
        vocab_size: PositiveInt,
        width: PositiveInt = 16,
        dropout: Fraction = 0.0,
    ) -> None:
        super().__init__(MeanEncoder(vocab_size, width, dropout), objective)
        self.save_hyperparameters(ignore=["objective"])


@dataclass(kw_only=True, eq=False)
class LoudDataModule(DemoDataModule):
    """The demo reviews in capitals.

    Args:
        mark: text that is appended to each review.
    """

    mark: str = "!"

    def fingerprint(self) -> str:
        """Return a digest of the reviews, with the mark."""
        return f"{super().fingerprint()}{self.mark}"

    def read(self) -> dict[str, Reviews]:
        """Return the reviews in capitals, with the mark."""
        return {
            name: part._replace(texts=[f"{text.upper()}{self.mark}" for text in part.texts])
            for name, part in super().read().items()
        }


class LongWordEncoder(WordEncoder):
    """A word encoder that only learns words of at least four letters."""

    def fit(self, texts: Iterable[str]) -> None:
        """Learn the vocabulary from the long words of `texts`."""
        super().fit(" ".join(word for word in text.split() if len(word) > 3) for text in texts)
