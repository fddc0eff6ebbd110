"""Encoding against ten lines of Python that give the same ids."""

import numpy as np

from reviewlab.benchmarks import (
    encoding,
)


def test_the_ten_lines_give_the_ids_in_the_cache(bench):
    data = encoding.prepared(bench, "data.text.num_words=9")
    ids = encoding.encoder_dictionary(data)
    encoded = encoding.reference(data.read()["test"].texts, ids)
    assert np.array_equal(np.concatenate(encoded), data.corpus("test").ids)


def test_cold_encoding_finds_no_cache_and_warm_encoding_does(bench, caplog):
    caplog.set_level("INFO", "reviewlab")
    encoding.warm(bench)
    built = [record for record in caplog.records if "encoded 60 reviews" in record.message]
    assert len(built) == 1
    encoding.cold(bench)
    built = [record for record in caplog.records if "encoded 60 reviews" in record.message]
    assert len(built) == 1 + bench.pairs
