"""The columns of texts and labels are found, or a message lists all columns."""

import pytest

from reviewlab.data.labelled.columns import choose_columns
from reviewlab.exceptions import InputError

OPINIONS = [f"I think that number {n} is fine" for n in range(8)]
FEW = ["yes", "no"] * 4
IDS = [f"id-{n}" for n in range(8)]


def chosen(columns, text=None, label=None, others=()):
    choice = choose_columns(columns, text, label, others)
    return [*choice.texts], choice.label


def refusal(*arguments, **named):
    with pytest.raises(InputError) as raised:
        chosen(*arguments, **named)
    line = str(raised.value)
    assert "\n" not in line
    return line


@pytest.mark.parametrize("text", ["text", "Review", "content", "COMMENT", "body", "review_text"])
@pytest.mark.parametrize("label", ["label", "Sentiment", "rating", "score", "stars", "Star Rating"])
def test_common_names_are_found_whatever_their_case(text, label):
    columns = {"id": IDS, label: [*range(8)], "other": OPINIONS, text: ["a"] * 8, "few": FEW}
    assert chosen(columns) == ([text], label)


def test_without_a_common_name_the_content_decides():
    columns = {"id": IDS, "said": OPINIONS, "verdict": FEW, "constant": ["x"] * 8}
    assert chosen(columns) == (["said"], "verdict")


def test_what_is_given_is_taken():
    columns = {"text": OPINIONS, "title": IDS, "label": FEW, "prediction": FEW}
    assert chosen(columns, ["title", "text"], "prediction") == (["title", "text"], "prediction")


def test_a_column_with_another_purpose_is_neither():
    columns = {"text": OPINIONS, "comment": FEW, "label": FEW, "score": IDS}
    assert chosen(columns, others=["comment", "score"]) == (["text"], "label")


def test_two_that_qualify_are_refused_with_all_columns_and_an_example():
    line = refusal({"text": OPINIONS, "stars": ["", 5, *[1] * 6], "mood": FEW, "Score": FEW})
    assert line == (
        "data.label_column: each of 'stars', 'Score' could be the label; choose one; the columns"
        " are text ('I think that number 0 i…'), stars ('5'), mood ('yes'), Score ('yes')"
    )
    line = refusal({"text": OPINIONS, "body": OPINIONS, "label": FEW})
    assert line.startswith("data.text_column: each of 'text', 'body' could be the text; choose one")


def test_none_that_qualifies_is_refused():
    assert "no column is clearly the text" in refusal({"id": IDS, "label": FEW})
    assert "no column is clearly the label" in refusal({"text": OPINIONS, "id": IDS})


def test_a_column_that_is_not_there_is_refused_with_the_nearest():
    columns = {"text": OPINIONS, "label": FEW}
    assert "data.text_column: there is no column 'txt'; did you mean 'text'?" in refusal(
        columns, text="txt"
    )
    assert "data.label_column: there is no column 'y';" in refusal(columns, label="y")


def test_one_column_cannot_be_both():
    line = refusal({"text": FEW, "label": FEW}, text="text", label="text")
    assert line == "data.label_column: 'text' is also data.text_column; give another column"


def test_many_columns_are_not_all_listed():
    line = refusal({**{f"c{n}": IDS for n in range(40)}, "label": FEW})
    assert "and 11 more" in line


def test_lists_are_no_label():
    assert chosen({"text": OPINIONS, "tags": [["a"], ["b"]] * 4, "few": FEW}) == (["text"], "few")
