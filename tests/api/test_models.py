"""A loaded classifier: the answers of the command, in tables."""

import csv
import sys
from pathlib import Path

import pandas as pd
import pytest
from tests import handmade

import reviewlab
from reviewlab.cli.predict import main

TEXTS = ["slow start, but worth it", "a dull film", "", "not good"]


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return handmade.save(handmade.classifier(), tmp_path_factory.mktemp("made") / "x.ckpt")


@pytest.fixture(scope="module")
def model(checkpoint: Path) -> reviewlab.Model:
    return reviewlab.load(checkpoint)


def test_predictions_are_those_of_the_command(
    model: reviewlab.Model, checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with Path("in.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["text"], *([text] for text in TEXTS)])
    main([f"checkpoint={checkpoint}", "input=in.csv", "output=out.csv"])
    written = pd.read_csv("out.csv", keep_default_na=False, dtype={"prediction": str})
    pd.testing.assert_frame_equal(model.predict(TEXTS), written, check_dtype=False, rtol=1e-5)


@pytest.mark.parametrize("batch_size", [1, 3])
def test_the_size_of_a_batch_changes_nothing(model: reviewlab.Model, batch_size: int) -> None:
    pd.testing.assert_frame_equal(model.predict(TEXTS, batch_size), model.predict(TEXTS))


def test_a_series_and_a_generator_are_texts(model: reviewlab.Model) -> None:
    for texts in (pd.Series(TEXTS), (text for text in TEXTS)):
        pd.testing.assert_frame_equal(model.predict(texts), model.predict(TEXTS))


def test_no_texts_are_an_empty_table(model: reviewlab.Model) -> None:
    answers = model.predict([])
    assert len(answers) == 0
    assert list(answers) == list(model.predict(TEXTS))


def test_none_is_an_empty_review(model: reviewlab.Model) -> None:
    pd.testing.assert_frame_equal(model.predict([None]), model.predict([""]))


@pytest.mark.parametrize(
    ("texts", "options", "line"),
    [
        ("good", {}, "texts: 'good' is a single text; allowed: a list of texts"),
        (["good", 3], {}, "texts: 3 at index 1 is not a string"),
        (["good"], {"batch_size": 0}, "batch_size: 0 is not allowed; allowed: 1 or more"),
    ],
)
def test_what_is_no_list_of_texts_is_refused(
    model: reviewlab.Model, texts: object, options: dict[str, int], line: str
) -> None:
    with pytest.raises(reviewlab.InputError) as raised:
        model.predict(texts, **options)  # type: ignore[arg-type]
    assert str(raised.value).startswith(line)


def test_an_explanation_has_an_effect_a_word(model: reviewlab.Model) -> None:
    explanation = model.explain("a dull film", label="good", method="occlusion")
    assert explanation.label == "good"
    assert explanation.prediction == model.predict(["a dull film"])["prediction"][0]
    assert len(explanation.effects) == 3


def test_it_tells_its_labels_and_its_config(model: reviewlab.Model) -> None:
    assert model.labels == handmade.LABELS
    assert repr(model) == "<Model LSTMClassifier: bad, so-so, good>"
    assert model.config == {}


def test_a_run_and_a_file_are_the_same_classifier(trained: reviewlab.Run) -> None:
    own = trained.load().predict(TEXTS)
    for path in (trained.path, str(trained.path), trained.checkpoint):
        pd.testing.assert_frame_equal(reviewlab.load(path).predict(TEXTS), own)


def test_a_sweep_is_its_winner_and_nothing_is_printed(
    swept: reviewlab.Sweep, capsys: pytest.CaptureFixture[str]
) -> None:
    model = reviewlab.load(swept.path)
    assert model.checkpoint == swept.winner().checkpoint
    assert capsys.readouterr() == ("", "")


def test_what_cannot_be_loaded_is_refused(checkpoint: Path, tmp_path: Path) -> None:
    for path, options, line in [
        (tmp_path / "none.ckpt", {}, "checkpoint: "),
        (tmp_path, {}, "checkpoint: "),
        (checkpoint, {"device": "tpu"}, "device: 'tpu' is not allowed; allowed: cpu, cuda"),
    ]:
        with pytest.raises(reviewlab.InputError) as raised:
            reviewlab.load(path, **options)  # type: ignore[arg-type]
        assert str(raised.value).startswith(line)


def test_without_pandas_there_are_columns(
    model: reviewlab.Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = model.predict(TEXTS)
    monkeypatch.setitem(sys.modules, "pandas", None)
    assert model.predict(TEXTS) == table.to_dict("list")
