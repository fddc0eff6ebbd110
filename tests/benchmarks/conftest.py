"""Synthetic reviews for the benchmarks, and a workbench for each test."""

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from reviewlab.benchmarks.measurement import Workbench

WORDS = ["good", "bad", "film", "plot", "dull", "bright", "actor", "not", "very", "long"]


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """Thirty training and thirty test reviews, laid out like IMDB."""
    folder = tmp_path_factory.mktemp("imdb") / "plain_text"
    folder.mkdir()
    generator = np.random.default_rng(0)
    for split in ("train", "test"):
        texts = [" ".join(generator.choice(WORDS, generator.integers(1, 30))) for _ in range(30)]
        table = pa.table({"text": texts, "label": [0] * 15 + [1] * 15})
        parquet.write_table(table, folder / f"{split}-00000-of-00001.parquet")
    return folder.parent


@pytest.fixture
def bench(source, tmp_path):
    return Workbench(tmp_path, 2, (f"data.source={source}", "data.batch_size=8"))
