"""The table of results, and its explanations of differences."""

from pathlib import Path, PurePath

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.notes.pages import notes, seeds
from tests.reporting.folders import config, run

from reviewlab.notes import results
from reviewlab.notes.measured import read_measured
from reviewlab.notes.results import differs, results_page, unexplained
from reviewlab.reporting.cells import INTERVAL
from reviewlab.reporting.leaderboard import read_leaderboard


@given(st.lists(st.floats(0.5, 0.9), min_size=1, max_size=4), st.floats(0.5, 0.9))
def test_far_is_farther_than_the_spread(
    tmp_path_factory: pytest.TempPathFactory, values: list[float], figure: float
) -> None:
    from statistics import mean, stdev

    folder = tmp_path_factory.mktemp("runs")
    ours = read_measured(seeds(folder, *values))["imdb/lstm"]
    published = next(iter(notes(figures={"val/accuracy": figure})))[1]
    allowed = (stdev(values) if len(values) > 1 else 0) or 0.01
    assert differs(published, ours) == (abs(mean(values) - figure) > allowed)


def test_a_difference_is_told_with_the_run_that_shows_it(tmp_path: Path) -> None:
    explanation = {"difference": "It drops words.", "shown_by": ["imdb/gru"]}
    folders = [
        *seeds(tmp_path, 0.7, 0.71),
        *seeds(tmp_path, 0.79, 0.81, experiment="imdb/gru"),
    ]
    measurements = read_measured(folders)
    text = results_page(notes(**explanation), measurements, {}, None)
    assert (
        "- `imdb/lstm`: It drops words. (Shown by `imdb/gru`: validation accuracy .8000 ± .0141.)"
        in text
    )
    assert unexplained(notes(**explanation), measurements) == []
    assert unexplained(notes(), measurements) == ["imdb/lstm"]


def grouped(tmp_path: Path, **means: float) -> str:
    """Return the page with a leaderboard of two seeds per experiment, .001 apart."""
    folders = [
        run(tmp_path / f"{name}{seed}", config(name, seed=seed), value + seed / 1000,
            overrides=(f"experiment=netflix/{name}",))
        for name, value in means.items() for seed in (0, 1)
    ]  # fmt: skip
    return results_page(notes(), {}, {}, read_leaderboard(folders, "val/accuracy", "max"))


def test_the_grouped_leaderboard_is_by_experiment(tmp_path: Path) -> None:
    text = grouped(tmp_path, gru=0.6, cnn=0.7)
    assert text.index("`netflix/cnn` | .7005 |") < text.index("`netflix/gru` | .6005 |")
    assert "below the 95 % interval of `netflix/cnn`, which begins at" in text


def test_who_is_ahead_by_less_than_an_interval_is_not_said_to_be(tmp_path: Path) -> None:
    assert "the means of all others" not in grouped(tmp_path, gru=0.7, cnn=0.701)


def test_a_grouped_leaderboard_of_one_experiment_has_its_row(tmp_path: Path) -> None:
    assert "| `netflix/gru` | .6005 |" in grouped(tmp_path, gru=0.6)


def test_a_note_speaks_of_no_brackets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "notes_below", lambda board, interval=INTERVAL: [interval])
    text = grouped(tmp_path, gru=0.6)
    assert "- the 95 % interval is that of" in text
    assert INTERVAL not in text


def test_where_nothing_was_measured_there_is_no_grouped_section(tmp_path: Path) -> None:
    assert "## Netflix again" not in grouped(tmp_path)


def test_a_picture_is_told_by_what_it_shows(tmp_path: Path) -> None:
    text = results_page(notes(), {}, {PurePath("figures/a.png"): "Words a review has"}, None)
    assert text.endswith("Words a review has:\n\n![Words a review has](figures/a.png)\n")
