"""The reference: the same network and objective in a plain PyTorch loop over tensors in memory.

It logs, measures, saves and checks nothing: this is the cost of the arithmetic alone.
"""

import copy
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor, nn

from reviewlab.data.corpus import Corpus
from reviewlab.models.classifier import ReviewClassifier
from reviewlab.models.fast_steps import OptimizerFactory
from reviewlab.nn.kernels import Choice, use_kernel
from reviewlab.nn.mlp import FeedForwardEncoder
from reviewlab.nn.objectives import Objective
from reviewlab.text.encoder import TextEncoder


class OverTokens(nn.Module):
    """Copies of a classifier's encoder and head, applied to token ids `[batch, time]`.

    Recurrent layers are torch's own.
    """

    def __init__(self, classifier: ReviewClassifier, pad_id: int) -> None:
        super().__init__()
        self.encoder = copy.deepcopy(classifier.encoder)
        use_kernel(self.encoder, Choice("torch"))
        self.head = copy.deepcopy(classifier.head)
        self.pad_id = pad_id

    def forward(self, token_ids: Tensor) -> Tensor:
        """Return outputs `[batch, num_outputs]`."""
        outputs: Tensor = self.head(self.encoder(token_ids, token_ids != self.pad_id))
        return outputs


def over_features(classifier: ReviewClassifier) -> nn.Module:
    """Copy a feed-forward classifier's layers and head, to run on precomputed features."""
    encoder = classifier.encoder
    if not isinstance(encoder, FeedForwardEncoder):
        raise TypeError(
            f"{type(encoder).__name__}: expected an encoder whose features are not trained"
        )
    return nn.Sequential(copy.deepcopy(encoder.layers), copy.deepcopy(classifier.head))


class PlainLoop:
    """Trains a network on tensors of all reviews.

    Args:
        network: the module to train.
        objective: the objective, whose loss is minimised.
        optimizer: function that makes the optimizer from the network's parameters.
        inputs: the inputs of `network`, one row per review.
        labels: label of each review, int64 `[reviews]`.
        batch_size: number of reviews per step.
    """

    def __init__(
        self,
        network: nn.Module,
        objective: Objective,
        optimizer: OptimizerFactory,
        inputs: Tensor,
        labels: Tensor,
        batch_size: int,
    ) -> None:
        self.network = network
        self.objective = objective
        self.optimizer = optimizer(network.parameters())
        self.inputs = inputs
        self.labels = labels
        self.batch_size = batch_size

    def step(self, rows: Tensor) -> Tensor:
        """Train on the reviews at `rows` and return their loss."""
        self.optimizer.zero_grad()
        outputs = self.network(self.inputs[rows])
        loss = self.objective.training_loss(outputs, self.labels[rows])
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimizer.step()
        return loss

    def epoch(self) -> None:
        """Train on every review once, in random order."""
        for rows in torch.split(torch.randperm(len(self.labels)), self.batch_size):
            self.step(rows)


@torch.inference_mode()
def evaluate(network: nn.Module, inputs: Tensor, batch_size: int) -> Tensor:
    """Compute the outputs `[reviews, num_outputs]` of all reviews, in order.

    Args:
        network: the network, in evaluation mode.
        inputs: the network's inputs, one row per review.
        batch_size: number of reviews at a time.
    """
    return torch.cat([network(part) for part in torch.split(inputs, batch_size)])


def resident(corpus: Corpus, text: TextEncoder) -> tuple[Tensor, Tensor]:
    """Return a split's token ids `[reviews, time]`, padded to the same length, and its labels."""
    batch = corpus.gather(np.arange(len(corpus)), text)
    return batch.inputs.token_ids, batch.labels


@torch.inference_mode()
def features(classifier: ReviewClassifier, corpus: Corpus, text: TextEncoder) -> Tensor:
    """Compute the input features of a feed-forward classifier for a split, `[reviews, size]`.

    Args:
        classifier: the classifier, which computes its features without parameters.
        corpus: the split's reviews.
        text: the data's text encoder.
    """
    encoder = classifier.encoder
    if not isinstance(encoder, FeedForwardEncoder):
        raise TypeError(
            f"{type(encoder).__name__}: expected an encoder whose features are not trained"
        )

    def parts() -> Iterator[Tensor]:
        for rows in np.array_split(np.arange(len(corpus)), -(-len(corpus) // 500)):
            batch = corpus.gather(rows, text)
            yield encoder.features(*batch.inputs)

    return torch.cat(list(parts()))
