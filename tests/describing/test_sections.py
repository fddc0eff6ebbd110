"""The description as plain text."""

from tests.data.labelled.tables import labelled, texts, write
from tests.describing.datasets import described

from reviewlab.describing.sections import format_text, percent

LABELS = 10 * ["bad", "good"]


def test_the_page_of_a_small_table(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    source = labelled(tmp_path / "a.csv", LABELS).relative_to(tmp_path)
    page = format_text(described(source, validation=0.25))
    assert page == "\n".join(
        [
            "a.csv: 20 reviews, 2 classes",
            "",
            "columns:",
            "  column  kind   distinct  missing  example",
            "  text    texts        20        0  review number 0 of many",
            "  label   words         2        0  bad",
            "  read as text: text",
            "  read as label: label",
            "",
            "classes:",
            "  class      train  validation      test",
            "  bad     6  50.0%    2  50.0%  2  50.0%",
            "  good    6  50.0%    2  50.0%  2  50.0%",
            "  all    12 100.0%    4 100.0%  4 100.0%",
            "",
            "lengths:",
            "  unit    mean  median  95 %  longest",
            "  words      5       5     5        5",
            "  tokens     6       6     6        6",
            "  longer than data.text.max_length=null and cut: no review",
            "",
            "unknown words:",
            "  data.text.num_words  words  validation   test",
            "                 null     16       20.0%  20.0%",
            "  training would have 16 words (data.text.num_words=null)",
            "",
            "repeated texts:",
            "  0 of 20 reviews have the text of an earlier one",
            "",
            "held-out texts that are also in train:",
            "  split       also in train",
            "  validation           0.0%",
            "  test                 0.0%",
            "",
            "train on it:",
            "  train",
        ]
    )


def test_texts_and_names_of_others_cannot_move_the_cursor(tmp_path):
    columns = {"text": [*texts(18), *2 * ["a\x1b[2Jb\r\nc"]], "label": 10 * ["b\x07d", "good"]}
    page = format_text(described(write(tmp_path / "a.csv", columns)))
    assert page.replace("\n", "").isprintable()
    assert "a\ufffd[2Jb c" in page


def test_a_share_that_is_not_zero_is_not_written_as_zero():
    assert [percent(share) for share in (0, 1e-9, 0.0005, 0.5, 1)] == [
        *("0.0%", "<0.1%", "0.1%", "50.0%", "100.0%")
    ]
