"""Models and text encoders that do not fit together are refused when the model is built."""

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


def test_an_order_is_not_read_into_classes_without_one(tmp_path: Path) -> None:
    topics = [("a goal", "sport"), ("a vote", "politics"), ("a song", "music")] * 20
    rows = "".join(f"{text} {number},{topic}\n" for number, (text, topic) in enumerate(topics))
    source = tmp_path / "topics.csv"
    source.write_text(f"text,label\n{rows}", encoding="utf-8")
    data = ["data=table", f"data.source={source}", "data.batch_size=8", "model.hidden_size=2"]
    here = [*data, f"data.cache_dir={tmp_path}"]
    with pytest.raises(
        InputError, match=r"^loss\.decision: 'median' .*without an order; allowed: mode$"
    ):
        load_parts(check_config(compose_config("train", [*here, "loss.decision=median"])))
    with pytest.raises(InputError, match=r"^loss: ordinal .*an order; use loss=cross_entropy$"):
        load_parts(check_config(compose_config("train", [*here, "loss=ordinal"])))
    parts = load_parts(check_config(compose_config("train", here)))
    assert parts.classifier.objective.arguments["decision"] == "mode"


def test_ordered_classes_take_any_decision(tmp_path: Path) -> None:
    parts(tmp_path, "loss.decision=median")


def test_multi_hot_takes_distinct_words(tmp_path: Path) -> None:
    parts(tmp_path, DISTINCT, "model=mlp", "model.features=multi_hot")
