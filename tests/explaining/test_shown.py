"""An explanation as lines and as a page: nothing of a text becomes anything but text."""

import re
from html.parser import HTMLParser
from typing import Any
from unicodedata import category

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from tests import handmade
from tests.explaining.test_explanation import lstm

from reviewlab.explaining.explanation import Explanation, explain
from reviewlab.explaining.legible import legible
from reviewlab.explaining.lines import coloured, lines, pieces
from reviewlab.explaining.page import page
from reviewlab.nn import MSE

MADE = handmade.classifier()
NASTY = '<script>alert("1")</script> good & bad \x1b[31mfilm\x1b[0m zorgon\u202e'
ANY = st.text(st.characters() | st.sampled_from("İ bad<&>\x1b"), max_size=40)


class Parsed(HTMLParser):
    """The tags of a page, its visible text and the text of the review."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.review = ""
        self.inside = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append(tag)
        if ("class", "text") in attrs or self.inside:
            self.inside += 1

    def handle_endtag(self, tag: str) -> None:
        self.inside -= bool(self.inside)

    def handle_data(self, data: str) -> None:
        self.review += data * bool(self.inside)


def explained(text: str, **options: Any) -> Explanation:
    return explain(MADE, text, "occlusion", **options)


@settings(max_examples=50)
@given(text=ANY)
def test_the_pieces_are_the_text(text: str) -> None:
    assert "".join(piece for piece, _, _ in pieces(explained(text))) == text


@settings(max_examples=50)
@given(text=ANY)
def test_the_page_shows_the_text_and_runs_nothing(text: str) -> None:
    parsed = Parsed(page(explained(text)))
    assert not {"script", "img", "link", "a"} & {*parsed.tags}
    kept = text.replace("\r", "")
    assert len(parsed.review) == len(kept)
    assert all(a in (b, "\ufffd") for a, b in zip(parsed.review, kept, strict=True))


ORDINARY = "one\r\ntwo\xa0three\u3000四 👩\u200d💻 क्\u200cष \U0001fae9\ufeff"


def test_the_page_changes_no_ordinary_character() -> None:
    """A new emoji is unassigned to a Python that is older than it."""
    assert Parsed(page(explained(ORDINARY))).review == ORDINARY.replace("\r", "")
    assert Parsed(page(explained("a\x1bb\x85c\ud800d\u202ee"))).review == "a�b�c�d�e"


def test_a_word_shows_what_makes_it_unknown() -> None:
    found = explained("good bad\r\nnot\xa0good aw\u200bful 👩\u200d💻")
    for shown in (lines(found), page(found).replace("&#x27;", "'")):
        assert r"'bad\r'" in shown and r"'not\xa0good'" in shown and r"'aw\u200bful'" in shown
        assert "👩\u200d💻" in shown and "'good'" not in shown


def test_the_key_stands_only_beside_colours() -> None:
    assert 'class="key"' in page(explained("good")) and 'class="key"' not in page(explained(" "))


def test_only_strong_words_stand_on_a_ground() -> None:
    """A faded ground is pale: on a dark terminal the weakest words would glare."""
    found = explain(lstm(), " ".join(f"w{n}" for n in range(30)), "occlusion")
    largest = max(abs(effect) for effect in found.effects if effect is not None)
    text = coloured(found)
    styles: dict[str, Any] = {text.plain[span.start : span.end]: span.style for span in text.spans}
    assert not any(style.bgcolor for style in styles.values())
    for number, effect in enumerate(found.effects):
        style = styles.get(f"w{number}")
        assert bool(style and style.reverse) == (abs(effect or 0) >= 0.4 * largest)


def test_the_pages_table_says_what_its_columns_are() -> None:
    """The shares stand there too: a pointer that rests on a word is not all that people read by."""
    html = page(found := explained("Slow, not good"))
    heads = re.findall(r'<th scope="col">(.*?)</th>', html)
    first = re.findall("<td>(.*?)</td>", html)[: len(heads)]
    share, effect = found.shares[0], found.effects[0]
    assert dict(zip(heads, first, strict=True)) == {
        "place": "1",
        "share": f"{share:+.1%}",
        "effect": f"{effect:+.4f}",
        "word": "Slow",
    }
    assert "<summary>all 3 words that were read, with their shares</summary>" in html


def test_a_script_stays_text() -> None:
    html = page(explained(NASTY))
    assert "<script" not in html and "&lt;<span" in html
    assert "\x1b" not in html


def test_nothing_moves_the_cursor() -> None:
    found = explained(NASTY)
    for shown in (lines(found), coloured(found).plain):
        assert "\x1b" not in shown and "\u202e" not in shown and "\r" not in shown


def test_every_line_fits_a_terminal() -> None:
    wide = " ".join(f"안녕하세요{n}" for n in range(9))
    text = f"good {'x' * 300} {'wörld ' * 30} {wide} {' '.join(f'zorgon{n}' for n in range(40))}"
    said = lines(explained(text)).splitlines()
    assert max(map(cell_len, said)) <= 80
    assert all(line == line.rstrip() for line in said)


def test_lines_say_share_effect_and_what_was_not_read() -> None:
    found = explained("not good, zorgon " + "a " * 20, label="good")
    said = lines(found)
    assert said.startswith(f"prediction: {found.prediction} (probability ")
    assert "method: occlusion (" in said
    assert "cut off and not read: 4 of 23 words: a, a, a, a\n" in said
    assert "not in the vocabulary: zorgon" in said
    share, effect = found.shares[1], found.effects[1]
    assert f"    2  {share:>+8.1%}  {effect:>+8.3f}  good\n" in said


def test_shares_that_are_not_listed_are_told_together() -> None:
    found = explain(lstm(), " ".join(f"w{n}" for n in range(30)), "occlusion")
    shown = [line.split() for line in lines(found).splitlines() if "%" in line]
    assert len(shown) == 21 and shown[-1][2:] == ["10", "others", "together"]
    total = sum(share for share in found.shares if share is not None)
    printed = [float(row[1].rstrip("%")) for row in shown[:-1]] + [float(shown[-1][0].rstrip("%"))]
    assert sum(printed) == pytest.approx(100 * total, abs=1.1)
    sizes = [abs(value) for value in printed[:-1]]
    assert sizes == sorted(sizes, reverse=True)


def test_share_and_without_are_said_to_be_what_they_are() -> None:
    for made, without in (("occlusion", "an empty review"), ("gradient", "every word replaced by")):
        found = explain(MADE, "not good", made)  # type: ignore[arg-type]
        for shown in (lines(found), page(found)):
            assert "share: the effect over the sizes of all effects" in shown
            assert f"without: {without}" in shown


def test_json_says_what_is_missing_and_why_the_method_was_chosen() -> None:
    report = explain(MADE, "not good, zorgon", "gradient").as_json()
    total = sum(word["effect"] for word in report["words"])
    difference = report["with_words"] - report["without_words"]
    assert report["gap"] == pytest.approx(difference - total, abs=1e-5)
    assert report["chosen_because"] is None
    assert explained("good").as_json()["gap"] is None


def test_an_empty_text_is_said_to_be_one() -> None:
    said = lines(explained(""))
    assert "there is no word in this text" in said
    assert "method" not in said and "share" not in said
    assert "no word in this text" in page(explained(""))


def test_a_number_is_explained_as_one() -> None:
    found = explain(lstm(MSE(3)), "w1 w2")
    assert "the output, from 0 (a) to 2 (c): " in lines(found)
    assert "makes it higher" in page(found) and "makes it lower" in coloured(found).plain


def test_json_holds_every_word_with_its_place_in_the_text() -> None:
    text = "Not good, zorgon " + "a " * 20
    report = explained(text).as_json()
    first = {"word": "Not", "start": 0, "end": 3, "read": True, "known": True}
    assert first.items() <= report["words"][0].items()
    for word in report["words"]:
        assert text[word["start"] : word["end"]] == word["word"]
        assert (word["share"] is None) == (not word["read"])
    assert not report["words"][2]["known"] and not report["words"][-1]["read"]


@given(text=st.text(), width=st.integers(2, 30))
def test_legible_is_one_printable_line(text: str, width: int) -> None:
    shown = legible(text, width)
    assert not {category(c) for c in shown} & {"Cc", "Cs", "Zl", "Zp"} and "\u202e" not in shown
    assert cell_len(shown) <= width
