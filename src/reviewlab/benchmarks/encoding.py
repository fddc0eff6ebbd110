"""Measure the encoding of all labelled IMDB reviews, with an empty and with a filled cache."""

import shutil
from collections.abc import Iterable, Sequence

from reviewlab.benchmarks.measurement import Measure, Pairs, Workbench, alternate, seconds
from reviewlab.data.datamodule import ReviewDataModule, as_reviews
from reviewlab.text.splitting import KERAS_FILTERS
from reviewlab.text.words import WordEncoder


def dictionary(words: Iterable[str], vocab_size: int, index_from: int = 3) -> dict[str, int]:
    """Assign ids to the words until the ids run out.

    Args:
        words: the words, the most frequent first.
        vocab_size: the number of ids.
        index_from: the last reserved id.
    """
    return dict(zip(words, range(index_from + 1, vocab_size), strict=False))


def reference(texts: Sequence[str], ids: dict[str, int]) -> list[list[int]]:
    """Encode texts as Keras does, in ten lines of Python, with a given dictionary."""
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
    """Time reading, splitting and encoding the reviews, and filling an empty cache with them."""
    data = prepared(bench)

    def ours() -> float:
        shutil.rmtree(bench.cache)
        return seconds(lambda: prepared(bench))

    return _against_reference(bench, ours, data)


def warm(bench: Workbench) -> Pairs:
    """Time preparing the data from a cache that already holds the encoded reviews."""
    data = prepared(bench)
    return _against_reference(bench, lambda: seconds(lambda: prepared(bench)), data)


def ngrams(bench: Workbench) -> Pairs:
    """Time finding the n-grams of the 25,000 training reviews, and encoding the reviews."""
    from sklearn.feature_extraction.text import CountVectorizer  # only compared with

    data = as_reviews(bench.experiment("data=imdb", "model=ngram").data.build())
    texts = data.read()["train"].texts

    def ours() -> float:
        encoder = as_reviews(bench.experiment("data=imdb", "model=ngram").data.build()).text
        return seconds(lambda: (encoder.fit(texts), encoder.encode(texts)))

    def vectorise() -> None:
        CountVectorizer(ngram_range=(1, 3), min_df=2, binary=True).fit_transform(texts)

    return alternate(ours, lambda: seconds(vectorise), bench.pairs)


def prepared(bench: Workbench, *overrides: str) -> ReviewDataModule:
    """Build and prepare the IMDB data with default options."""
    data = as_reviews(bench.experiment("data=imdb", *overrides).data.build())
    data.prepare()
    return data


def _against_reference(bench: Workbench, ours: Measure, data: ReviewDataModule) -> Pairs:
    texts = [text for reviews in data.read().values() for text in reviews.texts]
    ids = encoder_dictionary(data)
    return alternate(ours, lambda: seconds(lambda: reference(texts, ids)), bench.pairs)


def encoder_dictionary(data: ReviewDataModule) -> dict[str, int]:
    """Return the dictionary that makes `reference` produce the same ids as the data's encoder."""
    if not isinstance(data.text, WordEncoder):
        raise TypeError(f"{type(data.text).__name__} has no dictionary of words")
    return dictionary(data.text.words, data.text.vocab_size)
