"""An explanation as a page, on which the reviewed text always stays text."""

import re
from html.parser import HTMLParser
from typing import Any

from hypothesis import given, settings
from tests.explaining.classifiers import ANY, NASTY, explained

from reviewlab.explaining.page import page


class Parsed(HTMLParser):
    """Collects the tags of a page, its visible text and the text of the review."""

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
    """A new emoji is an unassigned character for an older Python."""
    assert Parsed(page(explained(ORDINARY))).review == ORDINARY.replace("\r", "")
    assert Parsed(page(explained("a\x1bb\x85c\ud800d\u202ee"))).review == "a�b�c�d�e"


def test_the_key_stands_only_beside_colours() -> None:
    assert 'class="key"' in page(explained("good")) and 'class="key"' not in page(explained(" "))


def test_the_pages_table_says_what_its_columns_are() -> None:
    """The shares are in the table too, as not everyone reads by hovering over words."""
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
