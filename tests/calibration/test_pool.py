"""A pool of runs is one configuration, on every seed and fold."""

from pathlib import Path

import numpy as np
import pytest
from tests.reporting.folders import config, run

from reviewlab.calibration.pool import read_pool, read_pools
from reviewlab.exceptions import InputError


def runs(folder: Path, seeds: int = 2, folds: int = 3) -> None:
    for seed in range(seeds):
        for fold in range(folds):
            settings = config(seed=seed)
            settings["data"] |= {"folds": folds, "fold": fold}
            run(folder / f"{seed}-{fold}", settings, seed / 10 + fold / 100)


def test_a_pool_has_a_row_for_each_seed_and_a_column_for_each_fold(tmp_path: Path) -> None:
    runs(tmp_path)
    pool = read_pool([tmp_path], "val/accuracy")
    np.testing.assert_allclose(pool.values, [[0, 0.01, 0.02], [0.1, 0.11, 0.12]])
    assert (pool.seeds, pool.folds, pool.overlap) == (2, 3, 1 / 2)


def test_a_pool_without_folds_has_one_column(tmp_path: Path) -> None:
    for seed in range(3):
        run(tmp_path / str(seed), config(seed=seed), seed / 10)
    pool = read_pool([tmp_path], "val/accuracy")
    assert (pool.seeds, pool.folds, pool.overlap) == (3, 1, 0)


def test_two_configurations_are_no_pool(tmp_path: Path) -> None:
    runs(tmp_path)
    run(tmp_path / "other", config("GRU"))
    with pytest.raises(InputError, match="folder: has 2 configurations; allowed: runs that differ"):
        read_pool([tmp_path], "val/accuracy")


def test_a_missing_fold_is_named(tmp_path: Path) -> None:
    runs(tmp_path)
    (tmp_path / "1-2" / "result.json").unlink()
    with pytest.raises(InputError, match="folder: seed 1 has no run on fold 2"):
        read_pool([tmp_path], "val/accuracy")


def test_a_metric_that_no_run_has_is_refused(tmp_path: Path) -> None:
    runs(tmp_path)
    with pytest.raises(InputError, match="folder: no run has measured val/f1"):
        read_pool([tmp_path], "val/f1")


def test_several_configurations_are_several_pools(tmp_path: Path) -> None:
    for lr, seeds in ((0.1, 3), (0.2, 2)):
        for seed in range(seeds):
            run(tmp_path / f"{lr}-{seed}", config(lr=lr, seed=seed), lr + seed / 100)
    assert sorted(pool.seeds for pool in read_pools([tmp_path], "val/accuracy")) == [2, 3]
