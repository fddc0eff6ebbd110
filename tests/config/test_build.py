"""Models and text encoders that do not go together are refused when the model is built."""

from pathlib import Path

import pytest

from reviewlab.config.check import check_config
from reviewlab.config.compose import compose_config
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
