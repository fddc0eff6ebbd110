"""The ranking as a figure."""

from pathlib import Path

from tests.reporting.boards import board
from tests.reporting.folders import config, grid, run

from reviewlab.reporting.figures.ranking import ROWS, draw_ranking
from reviewlab.runs.files import write_json
from reviewlab.runs.folder import NGRAM_BASELINE


def test_the_best_is_on_top_and_the_colours_are_explained(tmp_path: Path) -> None:
    folders = grid(tmp_path)
    write_json(folders[0] / NGRAM_BASELINE, {"val/accuracy": 0.75})
    figure = draw_ranking(board(folders))
    [axes] = figure.axes
    assert [label.get_text().partition(":")[0] for label in axes.get_yticklabels()] == [*"1234"]
    bottom, top = axes.get_ylim()
    assert bottom > top
    [legend] = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == [
        "best",
        "cannot be told from the best",
        "worse",
        "commonest class",
        "n-grams",
    ]


def test_of_many_the_best_are_drawn(tmp_path: Path) -> None:
    runs = [run(tmp_path / str(n), config(lr=n + 1), n / 100) for n in range(ROWS + 5)]
    [axes] = draw_ranking(board(runs)).axes
    assert len(axes.get_yticks()) == ROWS
    assert axes.get_title(loc="left") == f"the best {ROWS} of {ROWS + 5} configurations"
