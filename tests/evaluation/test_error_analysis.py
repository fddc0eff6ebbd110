"""The mistakes of a checkpoint are saved in its run folder, for the page of a sweep."""

import json
from pathlib import Path

import numpy as np
import pytest
from tests import handmade
from tests.evaluation.runs import ended_run

from reviewlab.config.compose import compose_config
from reviewlab.evaluation.checkpoint import open_with_training_data
from reviewlab.evaluation.error_analysis import answer_reviews, measure_errors
from reviewlab.exceptions import InputError
from reviewlab.explaining.mistakes import worst_texts

STARS = ("1", "2", "3", "4", "5")
OWN = ["data=demo", "data.reviews=300"]


@pytest.fixture
def run(tmp_path: Path) -> Path:
    node = compose_config("errors", OWN)["data"]
    return ended_run(tmp_path / "run", handmade.classifier(STARS, data=node))


def test_the_answers_are_those_of_the_split_in_its_order(run: Path) -> None:
    opened = open_with_training_data(run / "checkpoints" / "best.ckpt", "validation")
    answers = answer_reviews(opened.classifier, opened.data, "validation")
    reviews = opened.data.read_split("validation")
    assert [*answers.texts] == [*reviews.texts]
    assert answers.labels.tolist() == reviews.labels.tolist()
    assert answers.probabilities.argmax(1).tolist() == answers.predictions.tolist()
    words = [min(len(text.split()), 19) for text in reviews.texts]  # 20 tokens with the start id
    assert answers.lengths.tolist() == words


def test_the_share_of_unknown_words_is_that_among_the_tokens_that_are_read(run: Path) -> None:
    opened = open_with_training_data(run / "checkpoints" / "best.ckpt", "validation")
    answers = answer_reviews(opened.classifier, opened.data, "validation")
    text = opened.classifier.text_encoder
    shares = [np.mean(text.encode([review])[0][1:] == text.oov_id) for review in answers.texts]
    assert 0 < max(shares) <= 1
    assert answers.unknown == pytest.approx(shares)


def test_the_errors_of_a_run_are_those_of_its_validation(run: Path) -> None:
    measure_errors(run)
    errors = json.loads((run / "errors.json").read_text())
    confusion = np.array(errors["confusion"])
    assert (errors["split"], errors["epoch"], errors["reviews"]) == ("validation", 4, 48)
    assert confusion.sum() == 48
    opened = open_with_training_data(run / "checkpoints" / "best.ckpt", "validation")
    texts = worst_texts(answer_reviews(opened.classifier, opened.data, "validation"))
    assert len(errors["mistakes"]) == min(20, len(texts))
    assert sum(sum(labels.values()) for _, labels in texts) == 48 - confusion.trace()
    assert [sum(one["labels"].values()) for one in errors["mistakes"]] == [
        sum(labels.values()) for _, labels in texts[:20]
    ]


def test_why_a_run_has_none(run, tmp_path):
    (run / "result.json").write_text(json.dumps({"data_fingerprint": "other"}))
    with pytest.raises(InputError, match=r"^errors: the data of 'run' have changed"):
        measure_errors(run)
    with pytest.raises(InputError, match=r"has no result\.json: the run has not finished"):
        measure_errors(tmp_path)
    (tmp_path / "result.json").write_text("{}")
    with pytest.raises(InputError, match=r"^checkpoint: '.*best\.ckpt' does not exist"):
        measure_errors(tmp_path)
    node = compose_config("errors", ["data=netflix"])["data"] | {"source": "gone.csv"}
    lost = tmp_path / "lost"
    handmade.save(handmade.classifier(STARS, data=node), lost / "checkpoints" / "best.ckpt")
    (lost / "result.json").write_text("{}")
    with pytest.raises(InputError, match=r"^data\.source: .*gone\.csv"):
        measure_errors(lost)
    assert not [*tmp_path.rglob("errors.json")]
