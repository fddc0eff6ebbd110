"""Features are computed once per cache, and served with their reviews."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tests.training.tiny import TinyDataModule
from torch import Tensor

from reviewlab.data.batch import Batch
from reviewlab.text.words import WordEncoder


def lengths_and_sums(batch: Batch) -> Tensor:
    return torch.stack([batch.inputs.mask.sum(1), batch.inputs.token_ids.sum(1)], 1).float()


def never(batch: Batch) -> Tensor:
    raise AssertionError("computed again")


def prepared(folder: Path, **options: Any) -> TinyDataModule:
    data = TinyDataModule(text=WordEncoder(), batch_size=8, cache_dir=str(folder), **options)
    data.prepare()
    return data


@pytest.mark.parametrize("bucketed", [False, True])
def test_each_review_comes_with_its_own(tmp_path: Path, bucketed: bool) -> None:
    data = prepared(tmp_path, bucket_by_length=bucketed)
    data.use_features("a", lengths_and_sums)
    validation: Any = data.val_dataloader()
    for loader in (data.train_dataloader(), validation):
        for batch in loader:
            assert torch.equal(batch.features, lengths_and_sums(batch))
            assert batch.features.dtype == torch.float32
            assert torch.equal(batch.to(torch.device("cpu")).features, batch.features)
    test: Any = data.test_dataloader()
    assert all(batch.features is None for batch in test)


def test_they_are_computed_once_for_what_computes_them_and_the_reviews(tmp_path: Path) -> None:
    first, again = prepared(tmp_path), prepared(tmp_path, seed=5)
    first.use_features("a", lengths_and_sums)
    again.use_features("a", never)
    np.testing.assert_array_equal(
        np.asarray(again.corpus("train").features), np.asarray(first.corpus("train").features)
    )
    with pytest.raises(AssertionError, match="computed again"):
        again.use_features("b", never)
    with pytest.raises(AssertionError, match="computed again"):
        prepared(tmp_path, split_seed=1).use_features("a", never)


def test_damaged_ones_are_computed_again(tmp_path: Path) -> None:
    data = prepared(tmp_path)
    data.use_features("a", lengths_and_sums)
    expected = np.array(data.corpus("train").features)
    [file] = tmp_path.rglob("train.features")
    file.write_bytes(bytes(file.stat().st_size))
    again = prepared(tmp_path)
    again.use_features("a", lengths_and_sums)
    np.testing.assert_array_equal(np.asarray(again.corpus("train").features), expected)
