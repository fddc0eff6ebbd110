"""Encoding all labelled IMDB reviews, with an empty cache and with a filled one."""

import shutil
from collections.abc import Iterable, Sequence

from reviewlab.benchmarks.measurement import Measure, Pairs, Workbench, alternate, seconds
from reviewlab.data.datamodule import ReviewDataModule
from reviewlab.text.splitting import KERAS_FILTERS
from reviewlab.text.words import WordEncoder


def dictionary(words: Iterable[str], vocab_size: int, index_from: int = 3) -> dict[str, int]:
    """The id of each word, most frequent word first, as far as ids go."""
    return dict(zip(words, range(index_from + 1, vocab_size), strict=False))


def reference(texts: Sequence[str], ids: dict[str, int]) -> list[list[int]]:
    """Keras' encoding in ten lines of Python, the dictionary made beforehand."""
    spaces = str.maketrans(dict.fromkeys(KERAS_FILTERS, " "))
    encoded = []
    for text in texts:
        row = [1]
        for word in text.lower().translate(spaces).split(" "):
            if word:
                row.append(ids.get(word, 2))
        encoded.append(row)
    return encoded


def cold(bench: Workbench) -> Pairs:
    """Seconds to read, split, fit, encode and write, into an empty cache."""
    data = prepared(bench)

    def ours() -> float:
        shutil.rmtree(bench.cache)
        return seconds(lambda: prepared(bench))

    return _against_reference(bench, ours, data)


def warm(bench: Workbench) -> Pairs:
    """Seconds until the encoded reviews can be used, when they lie in the cache."""
    data = prepared(bench)
    return _against_reference(bench, lambda: seconds(lambda: prepared(bench)), data)


def prepared(bench: Workbench, *overrides: str) -> ReviewDataModule:
    """The IMDB of the defaults, ready to be read."""
    data = bench.experiment("data=imdb", *overrides).data.build()
    data.prepare()
    return data


def _against_reference(bench: Workbench, ours: Measure, data: ReviewDataModule) -> Pairs:
    texts = [text for reviews in data.read().values() for text in reviews.texts]
    ids = encoder_dictionary(data)
    return alternate(ours, lambda: seconds(lambda: reference(texts, ids)), bench.pairs)


def encoder_dictionary(data: ReviewDataModule) -> dict[str, int]:
    """Return what the reference needs to give the same ids as the data's own encoder."""
    if not isinstance(data.text, WordEncoder):
        raise TypeError(f"{type(data.text).__name__} has no dictionary of words")
    return dictionary(data.text.words, data.text.vocab_size)
