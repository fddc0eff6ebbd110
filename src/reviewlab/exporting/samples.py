"""Sample batches: an export is traced with one, and has to agree with the checkpoint on others."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from reviewlab.data.batch import Batch, Pixels
from reviewlab.data.corpus import Corpus
from reviewlab.exceptions import InputError, first_line
from reviewlab.models.classifier import ReviewClassifier
from reviewlab.text.encoder import TextEncoder
from reviewlab.text.joined import JoinedTextEncoder

TRACED = (5, 2, 7)
"""The lengths of the reviews that an export is traced with."""

COMPARED = ((9, 0, 1, 4, 16), (3,), (11, 11), (0, 1))
"""The lengths of the reviews in each batch for which probabilities are compared."""

TOLERANCE = 1e-5
"""The largest allowed difference between two probabilities."""


class Sample(NamedTuple):
    """A batch, and the probabilities that the checkpoint gives it.

    Attributes:
        batch: reviews of random words, cut and padded as the text encoder specifies, or random
            images.
        probabilities: float32 `[batch, classes]`.
    """

    batch: Batch[Any]
    probabilities: Tensor


def make_batch(text: TextEncoder, lengths: Sequence[int]) -> Batch:
    """Make reviews of random words, cut and padded as the text encoder specifies.

    Args:
        text: the text encoder.
        lengths: number of words of each review; a set has fewer if some are drawn twice.
    """
    random = np.random.default_rng(sum(lengths))
    words = np.setdiff1d(np.arange(text.vocab_size), [text.pad_id])
    rows = [random.choice(words if len(words) else [text.pad_id], length) for length in lengths]
    if text.inputs == "ngrams":
        rows = [np.unique(row) for row in rows]
    ids, offsets = np.concatenate(rows).astype(np.int32), np.cumsum([0, *map(len, rows)])
    if isinstance(text, JoinedTextEncoder):  # each of its encoders has to order and cut its own ids
        ids, offsets = text.encode([text.decode(row) for row in rows])
    corpus = Corpus.from_arrays(ids, offsets, np.zeros(len(rows)))
    return corpus.gather(np.arange(len(rows)), text)


def sample_batch(classifier: ReviewClassifier, lengths: Sequence[int]) -> Batch[Any]:
    """Make reviews as `make_batch` does, or as many random images for a classifier of images.

    Args:
        classifier: the classifier.
        lengths: number of words of each review.
    """
    if classifier.inputs != "images":
        return make_batch(classifier.text_encoder, lengths)
    count, sides = len(lengths), classifier.hparams["image_size"]
    pixels = torch.rand(count, 1, *sides, generator=torch.Generator().manual_seed(sum(lengths)))
    return Batch(Pixels(pixels), torch.zeros(count, dtype=torch.int64))


def as_arguments(batch: Batch[Any]) -> tuple[Tensor, ...]:
    """Return the inputs of a batch as an exported classifier reads them.

    Reviews that are sets become rows of ids as well, padded with 0, since exported classifiers have
    no sparse inputs.
    """
    if isinstance(batch.inputs, Pixels) or batch.inputs.token_ids.layout != torch.sparse_csr:
        return tuple(batch.inputs)
    lengths = batch.inputs.token_ids.crow_indices().diff()
    mask = torch.arange(max(1, int(lengths.max()))) < lengths[:, None]
    token_ids = torch.zeros(mask.shape, dtype=torch.int64)
    token_ids[mask] = batch.inputs.token_ids.col_indices().long()
    return token_ids, mask


@torch.inference_mode()
def classify(classifier: ReviewClassifier, batch: Batch[Any]) -> Tensor:
    """Return the probabilities of a batch, float32 `[batch, classes]`."""
    outputs: Tensor = classifier(*batch.inputs)
    return classifier.objective.probabilities(outputs.float())


def make_samples(classifier: ReviewClassifier) -> list[Sample]:
    """Make batches of several sizes, and classify them."""
    batches = [sample_batch(classifier, lengths) for lengths in COMPARED]
    return [Sample(batch, classify(classifier, batch)) for batch in batches]


def compare(samples: Sequence[Sample], predict: Callable[[Batch[Any]], Tensor]) -> float:
    """Return the largest difference between the samples' probabilities and those of an export.

    Args:
        samples: batches with the checkpoint's probabilities.
        predict: function that returns a batch's probabilities from the export.

    Raises:
        InputError: a difference is too large.
    """
    try:
        differences = [predict(sample.batch) - sample.probabilities for sample in samples]
    except Exception as error:  # a size that was fixed in tracing can fail in any operation
        raise InputError(
            f"checkpoint: cannot be exported: what would be written does not run for every number "
            f"and length of reviews ({first_line(error)})"
        ) from error
    largest = max(float(difference.abs().max()) for difference in differences)
    if not largest <= TOLERANCE:  # also if it is NaN
        raise InputError(
            f"checkpoint: cannot be exported: the probabilities would differ by {largest:.1e} from "
            f"the checkpoint's; allowed: {TOLERANCE:.0e}"
        )
    return largest
