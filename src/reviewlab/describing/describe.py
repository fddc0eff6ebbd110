"""Describe a data set, given its reviews before and after splitting."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reviewlab.data.labelled.reading import ChosenColumns, describe_choice
from reviewlab.data.reading import ReadReviews
from reviewlab.data.repetitions import count_repetitions, describe_repetitions
from reviewlab.data.reviews import Classes, Reviews
from reviewlab.data.splits import describe_leaks, fold, measure_leaks
from reviewlab.describing.columns import describe_columns
from reviewlab.describing.description import Description
from reviewlab.describing.measures import measure_lengths, measure_unknown_words
from reviewlab.describing.odd_texts import find_odd_texts
from reviewlab.text.encoder import TextEncoder


@dataclass(frozen=True)
class Material:
    """A data set as read, from which its description is computed.

    Attributes:
        data: name of the data set, as chosen in the config group `data`.
        source: the reviews' source; None if the data set has no such option.
        read: the reviews.
        classes: the classes of the reviews.
        encoder: the text encoder, not yet fitted.
        notes: notes made while reading and splitting.
        columns: the table's columns; None for data sets with fixed columns.
        command: the command line that trains on these data.
    """

    data: str
    source: str | None
    read: ReadReviews
    classes: Classes
    encoder: TextEncoder
    notes: Sequence[str]
    columns: ChosenColumns | None
    command: str


def describe(material: Material) -> Description:
    """Compute the description of a data set."""
    splits = material.read.splits
    source = _join([*material.read.source.values()])
    names = material.classes.names
    folded = {text: fold(text) for text in {*source.texts}}.__getitem__
    repetitions, leaks = count_repetitions(source, folded), measure_leaks(splits, folded)
    redundant = {*describe_repetitions(repetitions), *describe_leaks(leaks)}  # shown as tables
    chosen = material.columns
    if chosen is not None:
        redundant.add(describe_choice(chosen.choice, material.classes))
    fitting, encoder = material.read.texts_to_fit, material.encoder
    encoder.fit(fitting)
    held_out = {name: part.texts for name, part in splits.items() if name != "train"}
    return Description(
        data=material.data,
        source=material.source,
        reviews=len(source.texts),
        columns=[] if chosen is None else describe_columns(chosen.columns),
        text_columns=[] if chosen is None else [*chosen.choice.texts],
        label_column=None if chosen is None else chosen.choice.label,
        classes={name: _count(part, names) for name, part in splits.items()},
        lengths=measure_lengths(_join([*splits.values()]).texts, encoder),
        vocabularies=measure_unknown_words(encoder, fitting, held_out),
        odd_texts=find_odd_texts(source, repetitions, encoder.clean, names),
        leaks=leaks,
        notes=[note for note in material.notes if note not in redundant],
        command=material.command,
    )


def _join(parts: Sequence[Reviews]) -> Reviews:
    """Concatenate the reviews of all parts."""
    texts = [text for part in parts for text in part.texts]
    return Reviews(texts, np.concatenate([part.labels for part in parts]))


def _count(reviews: Reviews, names: Sequence[str]) -> dict[str, int]:
    counts = np.bincount(reviews.labels, minlength=len(names)).tolist()
    return dict(zip(names, counts, strict=True))
