"""An explanation in lines, for a terminal and for a pipe."""

from typing import Any

import pytest
from hypothesis import given, settings
from rich.cells import cell_len
from tests.explaining.classifiers import ANY, MADE, NASTY, explained, lstm

from reviewlab.explaining.explanation import explain
from reviewlab.explaining.lines import coloured, lines, pieces
from reviewlab.explaining.page import page
from reviewlab.nn import MSE


@settings(max_examples=50)
@given(text=ANY)
def test_the_pieces_are_the_text(text: str) -> None:
    assert "".join(piece for piece, _, _ in pieces(explained(text))) == text


def test_a_word_shows_what_makes_it_unknown() -> None:
    found = explained("good bad\r\nnot\xa0good aw\u200bful 👩\u200d💻")
    for shown in (lines(found), page(found).replace("&#39;", "'")):
        assert r"'bad\r'" in shown and r"'not\xa0good'" in shown and r"'aw\u200bful'" in shown
        assert "👩\u200d💻" in shown and "'good'" not in shown


def test_only_strong_words_stand_on_a_ground() -> None:
    """Weak backgrounds are pale, and would make the weakest words glare on a dark terminal."""
    found = explain(lstm(), " ".join(f"w{n}" for n in range(30)), "occlusion")
    largest = max(abs(effect) for effect in found.effects if effect is not None)
    text = coloured(found)
    styles: dict[str, Any] = {text.plain[span.start : span.end]: span.style for span in text.spans}
    assert not any(style.bgcolor for style in styles.values())
    for number, effect in enumerate(found.effects):
        style = styles.get(f"w{number}")
        assert bool(style and style.reverse) == (abs(effect or 0) >= 0.4 * largest)


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
            assert "share: the effect divided by the sum of all absolute effects" in shown
            assert f"without: {without}" in shown


def test_an_empty_text_is_said_to_be_one() -> None:
    said = lines(explained(""))
    assert "this text has no words" in said
    assert "method" not in said and "share" not in said
    assert "this text has no words" in page(explained(""))


def test_a_number_is_explained_as_one() -> None:
    found = explain(lstm(MSE(3)), "w1 w2")
    assert "the output, from 0 (a) to 2 (c): " in lines(found)
    assert "raises the output" in page(found) and "lowers the output" in coloured(found).plain
