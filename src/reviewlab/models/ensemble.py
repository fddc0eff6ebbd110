"""Several trained classifiers in one, which answers with the mean of their probabilities."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import torch
from torch import Tensor, nn

from reviewlab.data.batch import sparse_sets
from reviewlab.models.classifier import ReviewClassifier
from reviewlab.nn.encoder import Encoder
from reviewlab.nn.objectives import CrossEntropy
from reviewlab.plugins import stored_name
from reviewlab.runs.identity import Config
from reviewlab.text.encoder import TextEncoder
from reviewlab.text.joined import JoinedTextEncoder


class MemberEncoder(Encoder):
    """The logarithm of the mean of what classifiers answer, `[batch, classes]`.

    Where classifiers do not read texts alike, the token ids are those of a `JoinedTextEncoder`, of
    which each classifier gets its own, cut and filled as in its training.

    Args:
        members: the classifiers; each may have an objective of its own.
        weights: how often each counts.
        texts: by member, the number of the text encoder that it reads with.
    """

    def __init__(
        self, members: Sequence[ReviewClassifier], weights: Sequence[int], texts: Sequence[int]
    ) -> None:
        super().__init__()
        self.members = nn.ModuleList(members)
        self.weights, self.texts = tuple(weights), tuple(texts)
        self.joined: JoinedTextEncoder | None = None
        encoders = [member.encoder for member in members]
        self.output_size = members[0].objective.arguments["num_classes"]
        self.reads_padding = any(encoder.reads_padding for encoder in encoders)
        self.reads_a_set = all(encoder.reads_a_set for encoder in encoders)
        self.has_positions = any(encoder.has_positions for encoder in encoders)

    @property
    def classifiers(self) -> list[ReviewClassifier]:
        """The members, of their own type."""
        return cast("list[ReviewClassifier]", list(self.members))

    def forward(self, token_ids: Tensor, mask: Tensor) -> Tensor:
        """Log probabilities `[batch, classes]`."""
        batches = self._batches(token_ids, mask)
        total = torch.zeros(len(token_ids), self.output_size, device=token_ids.device)
        for member, weight, text in zip(self.classifiers, self.weights, self.texts, strict=True):
            outputs = member(*batches[text]).float()
            total = total + weight * member.objective.probabilities(outputs)
        mean = total / sum(self.weights)
        return mean.clamp(min=torch.finfo(mean.dtype).tiny).log()

    def _batches(self, token_ids: Tensor, mask: Tensor) -> list[tuple[Tensor, Tensor]]:
        """Token ids and mask as each text encoder would have gathered them."""
        if self.joined is None:
            return [(token_ids, mask)]
        firsts = zip(self.joined.encoders, self.joined.firsts, strict=False)
        return [own_batch(encoder, first, token_ids, mask) for encoder, first in firsts]


class EnsembleClassifier(ReviewClassifier):
    """Answers with the mean of its members' probabilities, which its outputs are the logarithm of.

    It is made of trained classifiers, by `reviewlab ensemble`, and has no yaml: it is not trained.

    Args:
        objective: cross-entropy over the members' classes, which turns the outputs back.
        members: the classifiers.
        weights: how often each counts.
        texts: by member, the number of the text encoder that it reads with, where they are joined.
    """

    def __init__(
        self,
        objective: CrossEntropy,
        members: Sequence[ReviewClassifier],
        weights: Sequence[int],
        texts: Sequence[int],
    ) -> None:
        encoder = MemberEncoder(members, weights, texts)
        super().__init__(encoder, objective)
        self.encoder: MemberEncoder = encoder
        del self.head  # the members have theirs
        self.save_hyperparameters({"weights": [*weights], "texts": [*texts]})

    def describe(
        self,
        text_encoder: TextEncoder,
        label_names: Sequence[str],
        config: Config,
        ordinal: bool = True,
    ) -> None:
        """Say the same as of any classifier; a joined text encoder is taken apart for members."""
        super().describe(text_encoder, label_names, config, ordinal)
        joined = text_encoder if isinstance(text_encoder, JoinedTextEncoder) else None
        self.encoder.joined = joined
        self.inputs = text_encoder.inputs

    def forward(self, token_ids: Tensor, mask: Tensor) -> Tensor:
        """Log probabilities `[batch, classes]` of token ids and mask `[batch, time]`."""
        outputs: Tensor = self.encoder(token_ids, mask)
        return outputs

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Add what makes the checkpoint stand alone, and which classifiers the members are."""
        super().on_save_checkpoint(checkpoint)
        checkpoint["reviewlab"]["members"] = [
            _describe(member) for member in self.encoder.classifiers
        ]


def combine(members: Mapping[ReviewClassifier, int], config: Config) -> EnsembleClassifier:
    """Make an ensemble of classifiers that tell the same classes apart.

    Args:
        members: by classifier how often it counts; each is described.
        config: that the ensemble is described by.
    """
    first = next(iter(members))
    states: list[Any] = []
    distinct: list[TextEncoder] = []
    for member in members:
        if member.text_encoder.state() not in states:
            states.append(member.text_encoder.state())
            distinct.append(member.text_encoder)
    texts = [states.index(member.text_encoder.state()) for member in members]
    objective = CrossEntropy(len(first.label_names))
    ensemble = EnsembleClassifier(objective, [*members], [*members.values()], texts)
    text = distinct[0] if len(distinct) == 1 else JoinedTextEncoder.join(distinct)
    ensemble.describe(text, first.label_names, config, first.ordinal)
    return ensemble.eval()


def own_batch(
    encoder: TextEncoder, first: int, token_ids: Tensor, mask: Tensor
) -> tuple[Tensor, Tensor]:
    """Take one encoder's ids out of joined ones, and fill them up as its layout says.

    Args:
        encoder: whose ids are wanted; they are cut already.
        first: of its ids among the joined ones.
        token_ids: int64 `[batch, time]`, joined.
        mask: bool `[batch, time]`.

    Returns:
        Token ids and mask `[batch, time of its own]`; of n-grams, sets as in a `Batch`.
    """
    own = mask & (token_ids >= first) & (token_ids < first + encoder.vocab_size)
    lengths = own.sum(1, keepdim=True)
    if encoder.inputs == "ngrams":
        sets = sparse_sets(lengths[:, 0], token_ids[own] - first, encoder.vocab_size)
        return sets, lengths > 0
    width = max(1, int(lengths.max()))
    if encoder.pad_to == "max_length" and encoder.max_length is not None:
        width = encoder.max_length
    steps = torch.arange(width, device=mask.device)
    there = steps < lengths if encoder.padding == "post" else steps >= width - lengths
    ids = torch.full(there.shape, encoder.pad_id, dtype=token_ids.dtype, device=mask.device)
    ids[there] = token_ids[own] - first
    return ids, there


def _describe(member: ReviewClassifier) -> dict[str, Any]:
    """Name a member's class and its arguments, as plain types."""
    return {
        "classifier": stored_name(type(member)),
        "objective": stored_name(type(member.objective)),
        "objective_arguments": member.objective.arguments,
        "arguments": dict(member.hparams),
    }
