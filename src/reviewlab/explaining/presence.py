"""The evidence for a class, as a function of the factors that scale the words' vectors."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.func import functional_call

from reviewlab.explaining.reading import Reading, together
from reviewlab.models.classifier import ReviewClassifier
from reviewlab.models.ensemble import EnsembleClassifier
from reviewlab.nn.readers import InputKernel

Places = tuple[int, ...]


def word_tables(classifier: ReviewClassifier) -> list[str]:
    """Return the names of the parameters that are tables of word vectors, with a row per id.

    The list is empty for an ensemble whose members do not all look up the same ids.
    """
    if isinstance(classifier, EnsembleClassifier) and not _looks_up_alike(classifier):
        return []
    tables = [m for m in classifier.encoder.lookups() if isinstance(m, nn.Embedding | InputKernel)]
    named = classifier.named_modules()
    return [f"{name}.weight" for name, module in named if any(module is t for t in tables)]


def _looks_up_alike(ensemble: EnsembleClassifier) -> bool:
    """Return True if all members of an ensemble have word vectors for the same ids."""
    members: list[Any] = [*ensemble.encoder.members]
    return ensemble.encoder.joined is None and all(map(word_tables, members))


class Presence:
    """Computes a class's log odds after scaling the vector of each token by a factor from 0 to 1.

    The factor is called the token's presence. If the classifier predicts a number, this output is
    computed instead of log odds. Each position of the review gets a separate id, and the tables of
    word vectors are replaced by the scaled vectors of these positions. So the encoder finds the
    right vectors, even if it reads the positions in another order.

    Args:
        classifier: the classifier.
        reading: the text, with its words and token ids.
        label: the index of the class.
    """

    def __init__(self, classifier: ReviewClassifier, reading: Reading, label: int) -> None:
        batch = together([reading.ids]).gather(np.zeros(1, np.int64), classifier.text_encoder)
        self.classifier = classifier
        self.label = label
        self.mask = batch.inputs.mask
        tables = classifier.state_dict()
        self.vectors = {n: tables[n][batch.inputs.token_ids[0]] for n in word_tables(classifier)}
        columns = batch.inputs.mask[0].nonzero()[:, 0].tolist()
        self.columns = [[columns[place] for place in word.places] for word in reading.words]
        self.of_place = torch.tensor(columns, dtype=torch.int64)

    def none(self) -> Tensor:
        """Return the factors for a text without words, `[1, time]`.

        They are 0 for the tokens of words, and 1 for padding and start tokens.
        """
        there = torch.ones(self.mask.shape)
        there[0, [column for columns in self.columns for column in columns]] = 0
        return there

    def without(self, gone: Sequence[Places]) -> Tensor:
        """Return the factors that remove tokens, `[rows, time]`, one row for each item of `gone`.

        Args:
            gone: for each row, the positions in `reading.ids` to remove; their factors are 0, and
                all others 1.
        """
        there = torch.ones(len(gone), self.mask.shape[1])
        for row, places in zip(there, gone, strict=True):
            row[self.of_place[torch.tensor(places, dtype=torch.int64)]] = 0
        return there

    def __call__(self, presence: Tensor) -> Tensor:
        """Return the class's log odds, `[rows]`, given the tokens' factors, `[rows, time]`."""
        rows, time = presence.shape
        scaled = {
            name: vectors.repeat(rows, 1) * presence.reshape(-1, 1)
            for name, vectors in self.vectors.items()
        }
        places = torch.arange(rows * time).reshape(rows, time)
        arguments = (places, self.mask.expand(rows, -1))
        outputs = functional_call(self.classifier, scaled, arguments)
        return self.classifier.objective.evidence(outputs, self.label)
