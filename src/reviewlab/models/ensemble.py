"""Several trained classifiers as one, which predicts the mean of their probabilities."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import torch
from torch import Tensor, nn
from typing_extensions import override

from reviewlab.data.batch import sparse_sets
from reviewlab.models.classifier import ReviewClassifier
from reviewlab.nn.encoder import Encoder
from reviewlab.nn.objectives import CrossEntropy
from reviewlab.plugins import stored_name
from reviewlab.ranges import NonNegativeInt, PositiveInt
from reviewlab.runs.identity import Config
from reviewlab.text.encoder import TextEncoder
from reviewlab.text.joined import JoinedTextEncoder


class MemberEncoder(Encoder):
    """The logarithm of the mean of several classifiers' probabilities, `[batch, classes]`.

    If the classifiers encode texts differently, the token ids come from a `JoinedTextEncoder`, and
    each classifier gets its part of them, cut and padded as in its training.

    Args:
        members: the classifiers; each may have its own objective.
        weights: for each member, the number of times that it counts.
        texts: for each member, the index of its text encoder.
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
        """The members, typed as classifiers."""
        return cast("list[ReviewClassifier]", list(self.members))

    def forward(self, token_ids: Tensor, mask: Tensor) -> Tensor:
        """Return log probabilities `[batch, classes]`."""
        batches = self._batches(token_ids, mask)
        total = torch.zeros(len(token_ids), self.output_size, device=token_ids.device)
        for member, weight, text in zip(self.classifiers, self.weights, self.texts, strict=True):
            outputs = member(*batches[text]).float()
            total = total + weight * member.objective.probabilities(outputs)
        mean = total / sum(self.weights)
        return mean.clamp(min=torch.finfo(mean.dtype).tiny).log()

    def _batches(self, token_ids: Tensor, mask: Tensor) -> list[tuple[Tensor, Tensor]]:
        """Return token ids and mask as each text encoder alone would have given them."""
        if self.joined is None:
            return [(token_ids, mask)]
        firsts = zip(self.joined.encoders, self.joined.firsts, strict=False)
        return [own_batch(encoder, first, token_ids, mask) for encoder, first in firsts]


class EnsembleClassifier(ReviewClassifier):
    """A classifier whose outputs are the log of the mean of its members' probabilities.

    `reviewlab ensemble` builds it from trained classifiers. It is never trained, so there is no
    config for it in `conf/model`.

    Args:
        objective: cross-entropy over the members' classes; its softmax undoes the log.
        members: the classifiers.
        weights: for each member, the number of times that it counts.
        texts: for each member, the index of its text encoder.
    """

    def __init__(
        self,
        objective: CrossEntropy,
        members: Sequence[ReviewClassifier],
        weights: Sequence[PositiveInt],
        texts: Sequence[NonNegativeInt],
    ) -> None:
        encoder = MemberEncoder(members, weights, texts)
        super().__init__(encoder, objective)
        self.encoder: MemberEncoder = encoder
        del self.head  # each member has its own
        self.save_hyperparameters({"weights": [*weights], "texts": [*texts]})

    @override
    def describe(
        self,
        text_encoder: TextEncoder | None,
        label_names: Sequence[str],
        config: Config,
        ordinal: bool = True,
    ) -> None:
        """Store what the base class does, and the members' joined text encoder if there is one."""
        super().describe(text_encoder, label_names, config, ordinal)
        joined = text_encoder if isinstance(text_encoder, JoinedTextEncoder) else None
        self.encoder.joined = joined
        self.inputs = self.text_encoder.inputs

    @override
    def merge_adapters(self) -> None:
        """Merge the adapters of every member."""
        for member in self.encoder.classifiers:
            member.merge_adapters()

    def forward(self, *inputs: Tensor) -> Tensor:
        """Return log probabilities `[batch, classes]` for token ids and mask `[batch, time]`."""
        outputs: Tensor = self.encoder(*inputs)
        return outputs

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Add the members' class names and arguments."""
        super().on_save_checkpoint(checkpoint)
        checkpoint["reviewlab"]["members"] = [
            _describe(member) for member in self.encoder.classifiers
        ]


def combine(members: Mapping[ReviewClassifier, int], config: Config) -> EnsembleClassifier:
    """Build an ensemble of classifiers with the same classes.

    Args:
        members: the classifiers, each mapped to the number of times that it counts; `describe` has
            been called on each.
        config: the config to store in the ensemble.
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
    """Extract one text encoder's ids from those of a `JoinedTextEncoder`, and pad them.

    Args:
        encoder: the text encoder, which has already cut the reviews to its maximum length.
        first: number that was added to this encoder's ids when they were joined.
        token_ids: int64 `[batch, time]`, the ids of all joined encoders.
        mask: bool `[batch, time]`.

    Returns:
        Token ids and mask, as this encoder alone would have given them.
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
    own_mask = steps < lengths if encoder.padding == "post" else steps >= width - lengths
    ids = torch.full(own_mask.shape, encoder.pad_id, dtype=token_ids.dtype, device=mask.device)
    ids[own_mask] = token_ids[own] - first
    return ids, own_mask


def _describe(member: ReviewClassifier) -> dict[str, Any]:
    """Return the class names and arguments of a member, as plain types."""
    return {
        "classifier": stored_name(type(member)),
        "objective": stored_name(type(member.objective)),
        "objective_arguments": member.objective.arguments,
        "arguments": dict(member.hparams),
    }
