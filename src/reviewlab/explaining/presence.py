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
    """The classifier as a function of each word's presence, which scales its vector by 0 to 1.

    Each position of the review gets its own id, and the tables of word vectors are replaced by the
    scaled vectors of these positions. An encoder thus finds the right vectors in whatever order it
    reads.

    Args:
        classifier: the classifier.
        reading: the text as the classifier reads it.
        label: the index of the class to measure the evidence for.
    """

    def __init__(self, classifier: ReviewClassifier, reading: Reading, label: int) -> None:
        batch = together([reading.ids]).gather(np.zeros(1, np.int64), classifier.text_encoder)
        self.classifier = classifier
        self.label = label
        self.mask = batch.mask
        tables = classifier.state_dict()
        self.vectors = {n: tables[n][batch.token_ids[0]] for n in word_tables(classifier)}
        columns = batch.mask[0].nonzero()[:, 0].tolist()
        self.columns = [[columns[place] for place in word.places] for word in reading.words]
        self.of_place = torch.tensor(columns, dtype=torch.int64)

    def none(self) -> Tensor:
        """Return the presence of a text without words, `[1, time]`.

        It is 0 for every word, and 1 for the padding and start tokens.
        """
        there = torch.ones(self.mask.shape)
        there[0, [column for columns in self.columns for column in columns]] = 0
        return there

    def without(self, gone: Sequence[Places]) -> Tensor:
        """Return a row of presence for each item of `gone`, `[rows, time]`.

        Args:
            gone: for each row, the positions in `reading.ids` to remove; the row is 0 at these, and
                1 elsewhere.
        """
        there = torch.ones(len(gone), self.mask.shape[1])
        for row, places in zip(there, gone, strict=True):
            row[self.of_place[torch.tensor(places, dtype=torch.int64)]] = 0
        return there

    def __call__(self, presence: Tensor) -> Tensor:
        """Return the evidence for the label, `[rows]`, given the presence `[rows, time]`."""
        rows, time = presence.shape
        scaled = {
            name: vectors.repeat(rows, 1) * presence.reshape(-1, 1)
            for name, vectors in self.vectors.items()
        }
        places = torch.arange(rows * time).reshape(rows, time)
        arguments = (places, self.mask.expand(rows, -1))
        outputs = functional_call(self.classifier, scaled, arguments)
        return self.classifier.objective.evidence(outputs, self.label)
