"""The description as HTML."""

import re
from html.parser import HTMLParser

from tests.data.labelled.tables import texts, write
from tests.describing.datasets import described

from reviewlab.describing.sections import format_page, sections


class Words(HTMLParser):
    """Collects the tags and words of a page."""

    def __init__(self):
        super().__init__()
        self.tags, self.words = [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        assert not {"src", "href", "onload", "style"} & {name for name, _ in attrs}

    def handle_data(self, data):
        self.words.append(data)


def description(tmp_path):
    columns = {"text": [*texts(18), *2 * ["<script>alert(1)</script> &"]], "label": 10 * [1, 2]}
    return described(write(tmp_path / "a & b.csv", columns))


def test_the_page_asks_the_network_for_nothing_and_runs_nothing(tmp_path):
    page = format_page(description(tmp_path))
    parser = Words()
    parser.feed(page)
    assert not {"script", "link", "img", "iframe", "object"} & {*parser.tags}
    assert not re.search(r"https?:|//|url\(|@import", page)


def test_the_page_shows_what_the_text_does(tmp_path):
    facts = description(tmp_path)
    parser = Words()
    parser.feed(format_page(facts))
    for section in sections(facts):
        assert section.title in parser.words
        for cell in [cell for row in section.rows for cell in row] + section.lines:
            assert cell in parser.words
    assert facts.command in parser.words
