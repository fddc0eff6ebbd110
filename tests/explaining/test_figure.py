"""An explanation as a picture: the words of the text, on lines that fit."""

from hypothesis import given, settings
from tests.explaining.classifiers import ANY, explained

from reviewlab.explaining.figure import LINE, MARGIN, WIDTH, draw_explanation
from reviewlab.explaining.lines import legible_piece
from reviewlab.reporting.figures.style import drawing


def drawn(text: str, attention: list[float | None] | None = None) -> list[tuple[float, str]]:
    """The words of the picture, each with its height on it."""
    with drawing():
        figure = draw_explanation(explained(text), attention)
    return [(part.get_position()[1], part.get_text()) for part in figure.axes[0].texts]


@settings(max_examples=20)
@given(text=ANY)
def test_all_of_a_text_is_drawn(text: str) -> None:
    shown = "".join("".join(word for _, word in drawn(text)).split())
    assert "".join(legible_piece(text).split()) in shown


def test_a_long_text_has_lines_that_fit() -> None:
    figure = draw_explanation(explained("good film " * 60), None)
    axes = figure.axes[0]
    figure.canvas.draw()
    inverse = axes.transData.inverted()
    boxes = [part.get_window_extent().transformed(inverse) for part in axes.texts]
    assert max(box.x1 for box in boxes) <= WIDTH - MARGIN + 1
    heights = {part.get_position()[1] for part in axes.texts if part.get_text().strip() == "good"}
    assert len(heights) > 3
    bottom, _ = axes.get_ylim()
    assert max(heights) < bottom - LINE / 2


def test_attention_repeats_the_text_below() -> None:
    alone = drawn("good film")
    both = drawn("good film", [0.25, 0.75])
    assert [word for _, word in both].count("film") == [w for _, w in alone].count("film") + 1
    assert "attention: the darkest word gets 75% of it" in [word for _, word in both]
    assert not any("attention" in word for _, word in alone)


def test_the_key_says_what_is_there() -> None:
    assert ("italics: not in the vocabulary") in [word for _, word in drawn("good zorgon")]
    assert not any("italics" in word for _, word in drawn("good film"))
