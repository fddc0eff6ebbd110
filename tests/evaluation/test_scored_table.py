"""A table of reviews is returned with predictions in new columns."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from tests import handmade

from reviewlab.data.tables import open_table
from reviewlab.evaluation.scored_table import (
    added_columns,
    new_columns,
    read_texts,
    score_table,
)
from reviewlab.exceptions import InputError
from reviewlab.explaining.scoring import score

TEXTS = ["slow start but worth it", "a dull film", "", "not good"]


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write(path: Path, *names: str) -> str:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(dict.fromkeys(names, text) for text in TEXTS)
    return str(path)


def test_every_row_gets_its_prediction_and_a_probability_a_label(tmp_path: Path) -> None:
    made = handmade.classifier()
    source = write(tmp_path / "in.csv", "text", "id")
    assert score_table(made, source, str(tmp_path / "out.csv"), batch_size=3) == len(TEXTS)
    rows, scores = read(tmp_path / "out.csv"), score(made, TEXTS)
    assert [row["text"] for row in rows] == TEXTS
    for row, prediction, shares in zip(rows, scores.predictions, scores.probabilities, strict=True):
        assert row["prediction"] == made.label_names[prediction]
        written = [float(row[f"probability_{name}"]) for name in made.label_names]
        assert written == pytest.approx(shares.tolist(), abs=1e-6)


def test_a_column_that_is_there_already_stays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = handmade.classifier()
    plain = new_columns(made)
    for name in plain:
        source, target = write(tmp_path / "in.csv", "text", name), tmp_path / "out.csv"
        score_table(made, source, str(target))
        rows = read(target)
        numbered = [f"{new}_2" for new in plain]
        assert [*rows[0]] == ["text", name, *numbered]
        assert [row[name] for row in rows] == TEXTS
        assert capsys.readouterr().err == (
            f"input: already has prediction columns; new columns: {', '.join(numbered)}\n"
        )


def test_a_table_may_be_classified_again_and_again(tmp_path: Path) -> None:
    made = handmade.classifier()
    score_table(made, write(tmp_path / "0.csv", "text"), str(tmp_path / "1.csv"))
    score_table(made, str(tmp_path / "1.csv"), str(tmp_path / "2.csv"))
    score_table(made, str(tmp_path / "2.csv"), str(tmp_path / "3.csv"))
    for row in read(tmp_path / "3.csv"):
        assert row["prediction"] == row["prediction_2"] == row["prediction_3"]
    assert len(row) == 1 + 3 * len(new_columns(made))


def scores_of(made: Any, path: Path, header: str, row: str, **options: str) -> dict[str, str]:
    """Score a table of one row and return the row."""
    path.write_text(f"{header}\n{row}\n", encoding="utf-8")
    score_table(made, str(path), str(path.with_suffix(".out.csv")), **options)
    [scored] = read(path.with_suffix(".out.csv"))
    return {name: value for name, value in scored.items() if name.startswith("prob")}


def test_the_columns_of_the_training_are_read(tmp_path: Path) -> None:
    made = handmade.classifier()
    plain = scores_of(made, tmp_path / "0.csv", "text", "worth it")
    made.config = {"data": {"text_column": "body"}}
    assert scores_of(made, tmp_path / "1.csv", "text,body", "dull,worth it") == plain
    assert scores_of(made, tmp_path / "2.csv", "id,text", "7,worth it") == plain
    made.config = {"data": {"text_column": ["title", "body"]}}
    assert scores_of(made, tmp_path / "3.csv", "title,body", "worth,it") == plain
    assert scores_of(made, tmp_path / "6.csv", "title,body,x", "worth,it,1") == plain
    options = {"text_column": "text"}
    assert scores_of(made, tmp_path / "4.csv", "text,body", "worth it,dull", **options) == plain
    message = "^input: has no column 'title', but the classifier was trained on title and body"
    with pytest.raises(InputError, match=message):
        scores_of(made, tmp_path / "5.csv", "text,body", "a,b")


def test_the_only_column_of_texts_is_found_and_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = handmade.classifier()
    plain = scores_of(made, tmp_path / "0.csv", "text", "slow start but worth it")
    assert capsys.readouterr().err == ""
    for header in ("Kommentar,stars", "body,stars"):
        row = "slow start but worth it,5"
        assert scores_of(made, tmp_path / "1.csv", header, row) == plain
        assert capsys.readouterr().err == f"texts: {header.partition(',')[0]}\n"
    with pytest.raises(InputError, match="has none of the columns"):
        scores_of(made, tmp_path / "2.csv", "pro,contra", "it is good fun,it is too long")


def test_the_new_columns_hold_a_value_a_review() -> None:
    made = handmade.classifier()
    columns = added_columns(made, score(made, TEXTS))
    assert len(columns) == len(new_columns(made))
    assert {len(values) for values in columns} == {len(TEXTS)}


def test_null_is_an_empty_review_and_other_values_are_named_by_line(tmp_path: Path) -> None:
    made = handmade.classifier()
    for name, content in (("good", ["good", None]), ("bad", ["a", 5, None, [1]])):
        lines = (json.dumps({"text": value}) + "\n" for value in content)
        (tmp_path / f"{name}.jsonl").write_text("".join(lines))
    with open_table(tmp_path / "good.jsonl", "input") as table:
        assert [*read_texts(made, table, None)] == [({"text": ["good", None]}, ["good", ""])]
    with (
        open_table(tmp_path / "bad.jsonl", "input") as table,
        pytest.raises(
            InputError, match=r"line 2: 'text' is 5, which is not text; see also line 4$"
        ),
    ):
        [*read_texts(made, table, None)]
