"""Only validation metrics can be monitored, and only in the better direction."""

from pathlib import Path

import pytest
from tests.config.refusals import line
from tests.made_reviews import write_table

from reviewlab.config.check import check_config
from reviewlab.config.compose import compose_config


@pytest.mark.parametrize(
    ("monitor", "message"),
    [
        ("val/acc", "did you mean 'val/accuracy'? allowed: val/accuracy, "),
        ("test/loss", "'test/loss' is not measured on the validation split"),
        ("train/loss", "'train/loss' is not measured on the validation split"),
        ("loss", "did you mean 'val/loss'?"),
    ],
)
@pytest.mark.parametrize("key", ["monitor", "callbacks.early_stopping.monitor"])
def test_only_metrics_of_the_validation_can_be_watched(
    key: str, monitor: str, message: str
) -> None:
    text = line("callbacks=early_stopping", f"{key}={monitor}")
    assert text.startswith(f"{key}: ")
    assert message in text


def test_stars_have_an_error_in_stars_and_two_classes_have_none() -> None:
    check_config(compose_config("train", ["monitor=val/mae"]))
    assert "'val/mae' is not measured" in line("monitor=val/mae", "data=imdb", "loss=bce")


def test_nobody_looks_for_the_worst_epoch() -> None:
    check_config(compose_config("train", ["monitor=val/accuracy", "mode=max"]))
    message = line("monitor=val/accuracy")
    assert message == "mode: 'min' would select the worst val/accuracy; allowed: max"
    assert line("mode=max").startswith("mode: 'max' would select the worst val/loss")


def test_without_validation_no_schedule_can_watch_it() -> None:
    assert line("scheduler=plateau", "data.validation=0").startswith(
        "scheduler.monitor: with data.validation=0 there is no val"
    )


def test_two_classes_can_be_watched_by_their_ranking_and_stars_cannot() -> None:
    for metric in ("auroc", "average_precision"):
        check_config(compose_config("train", ["data=imdb", f"monitor=val/{metric}", "mode=max"]))
        assert f"'val/{metric}' is not measured" in line(f"monitor=val/{metric}")


def test_topics_have_no_distance_and_stars_of_a_table_have_one(tmp_path: Path) -> None:
    topics = write_table(tmp_path / "topics.csv", 30, ("sport", "politics", "science"))
    stars = write_table(tmp_path / "stars.csv", 30, ("1", "2", "3"))
    assert "'val/mae' is not measured" in line(
        "data=table", f"data.source={topics}", "monitor=val/mae"
    )
    check_config(compose_config("train", ["data=table", f"data.source={stars}", "monitor=val/mae"]))
