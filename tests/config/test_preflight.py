"""Settings that are fine alone, and not together."""

import logging
from pathlib import Path

import pytest

from reviewlab.config.check import check_config
from reviewlab.config.compose import compose_config
from reviewlab.config.request import HYDRAS_FOLDERS, compose
from reviewlab.exceptions import InputError
from reviewlab.running.run import load_parts

DISTINCT = "data.text.distinct=true"


def parts(folder: Path, *overrides: str) -> None:
    here = [f"data.cache_dir={folder}", "data.reviews=100"]
    load_parts(check_config(compose_config("train", [*here, *overrides])))


@pytest.mark.parametrize(
    "overrides",
    [["model=lstm"], ["model=cnn"], ["model=mlp", "model.features=mean_embedding"]],
    ids=lambda overrides: overrides[-1],
)
def test_what_reads_order_or_counts_is_refused_distinct_words(
    tmp_path: Path, overrides: list[str]
) -> None:
    with pytest.raises(InputError, match=r"^data\.text\.distinct: true .*=multi_hot$"):
        parts(tmp_path, DISTINCT, *overrides)


def test_multi_hot_takes_distinct_words(tmp_path: Path) -> None:
    parts(tmp_path, DISTINCT, "model=mlp", "model.features=multi_hot")


@pytest.mark.parametrize("balanced", ["true", "false"])
@pytest.mark.parametrize("weight", ["balanced", "none"])
def test_balancing_twice_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, balanced: str, weight: str
) -> None:
    caplog.set_level(logging.INFO, "reviewlab")
    logging.getLogger("reviewlab").propagate = True
    parts(tmp_path, "model=mlp", f"data.balanced={balanced}", f"loss.class_weight={weight}")
    told = [record for record in caplog.messages if "twice over" in record]
    assert len(told) == (balanced == "true" and weight == "balanced")


@pytest.mark.parametrize("key", HYDRAS_FOLDERS)
@pytest.mark.parametrize("prefix", ["", "+", "++", "~"])
def test_where_hydra_would_write_decides_nothing(key: str, prefix: str) -> None:
    with pytest.raises(InputError, match=rf"^{key}: decides nothing here; allowed: outputs="):
        compose("train", ["seed=1", f"{prefix}{key}=x"])
