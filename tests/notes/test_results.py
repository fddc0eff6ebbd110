"""What stands in the table, and what it says of differences."""

from pathlib import Path, PurePath

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.notes.folders import note_run
from tests.reporting.folders import config, run

from reviewlab.config.build import build
from reviewlab.notes.measured import keras_parameters, measured
from reviewlab.notes.published import PublishedNotes
from reviewlab.notes.results import differs, results, unexplained
from reviewlab.reporting.leaderboard import leaderboard


def notes(**lstm: object) -> PublishedNotes:
    entry = {"note": 5, "figures": {"val/accuracy": 0.8}, **lstm}
    table = {"title": "IMDB", "about": "Reviews.", "metrics": ["val/accuracy"]}
    return PublishedNotes(tables=[{**table, "experiments": {"imdb/lstm": entry, "imdb/gru": {}}}])


def seeds(tmp_path: Path, *values: float, experiment: str = "imdb/lstm") -> list[Path]:
    return [
        note_run(tmp_path, experiment, seed, {"val/accuracy": value})
        for seed, value in enumerate(values)
    ]


def page(tmp_path: Path, *values: float, **lstm: object) -> str:
    return results(notes(**lstm), measured(seeds(tmp_path, *values)), {}, None)


def test_mean_and_spread_over_seeds(tmp_path: Path) -> None:
    row = next(line for line in page(tmp_path, 0.79, 0.80, 0.81).splitlines() if "lstm" in line)
    assert "| .8000 | .8000 ± .0100 | 3 | 2 | " in row


def test_one_run_has_no_spread(tmp_path: Path) -> None:
    assert "| .8000 | .7900 | 1 |" in page(tmp_path, 0.79)


def test_what_was_not_run_is_said(tmp_path: Path) -> None:
    assert "| `imdb/gru` | not run |" in page(tmp_path, 0.8)


def test_the_last_epoch_counts_and_not_the_best(tmp_path: Path) -> None:
    folder = note_run(tmp_path, "imdb/lstm", 0, {"val/accuracy": 0.7}, flags=["collapsed"])
    [run_] = measured([folder])["imdb/lstm"].runs
    assert run_.metrics["val/accuracy"] == 0.7
    assert "collapsed (1 of 1)" in results(notes(), measured([folder]), {}, None)


@given(st.lists(st.floats(0.5, 0.9), min_size=1, max_size=4), st.floats(0.5, 0.9))
def test_far_is_farther_than_the_spread(
    tmp_path_factory: pytest.TempPathFactory, values: list[float], figure: float
) -> None:
    from statistics import mean, stdev

    folder = tmp_path_factory.mktemp("runs")
    ours = measured(seeds(folder, *values))["imdb/lstm"]
    published = next(iter(notes(figures={"val/accuracy": figure})))[1]
    allowed = (stdev(values) if len(values) > 1 else 0) or 0.01
    assert differs(published, ours) == (abs(mean(values) - figure) > allowed)


def test_a_difference_is_told_with_the_run_that_shows_it(tmp_path: Path) -> None:
    said = {"difference": "It drops words.", "shown_by": ["imdb/gru"]}
    folders = [
        *seeds(tmp_path, 0.7, 0.71),
        *seeds(tmp_path, 0.79, 0.81, experiment="imdb/gru"),
    ]
    found = measured(folders)
    text = results(notes(**said), found, {}, None)
    assert (
        "- `imdb/lstm`: It drops words. (Shown by `imdb/gru`: validation accuracy .8000 ± .0141.)"
        in text
    )
    assert unexplained(notes(**said), found) == []
    assert unexplained(notes(), found) == ["imdb/lstm"]


def test_a_run_that_failed_and_one_of_no_experiment_are_no_measurements(tmp_path: Path) -> None:
    folders = [
        run(tmp_path / "a", config(), state="failed", overrides=("experiment=imdb/lstm",)),
        run(tmp_path / "b", config(), overrides=("model=lstm",), last={}),
    ]
    found = measured(folders)
    assert [*found] == ["imdb/lstm"]
    assert (len(found["imdb/lstm"].runs), len(found["imdb/lstm"].failed)) == (0, 1)
    assert "| `imdb/lstm` (note 5) | failed |" in results(notes(), found, {}, None)
    found = measured([*folders, note_run(tmp_path, "imdb/lstm")])
    assert "| .8000 | 1, 1 failed | 2 |" in results(notes(), found, {}, None)


def test_what_is_measured_otherwise_says_so(tmp_path: Path) -> None:
    """A loss that is no cross-entropy, and labels of which another is the commonest."""
    measures = {"test": {"test/loss": 1.5}, "experiment": "imdb/gru"}
    folders = [
        note_run(tmp_path, "imdb/lstm"),
        note_run(tmp_path, loss="MSE", commonest=0.9, **measures),
    ]
    made = notes()
    made.tables[0].metrics.append("test/loss")
    first, second = results(made, measured(folders), {}, None).splitlines()[-2:]
    assert first.endswith("| commonest class .9000 |")
    assert second.startswith("|  | test squared error |  | 1.5000 |")


def grouped(tmp_path: Path, **means: float) -> str:
    """The page of a leaderboard of two seeds an experiment, .001 apart."""
    folders = [
        run(tmp_path / f"{name}{seed}", config(name, seed=seed), value + seed / 1000,
            overrides=(f"experiment=netflix/{name}",))
        for name, value in means.items() for seed in (0, 1)
    ]  # fmt: skip
    return results(notes(), {}, {}, leaderboard(folders, "val/accuracy", "max"))


def test_the_grouped_leaderboard_is_by_experiment(tmp_path: Path) -> None:
    text = grouped(tmp_path, gru=0.6, best=0.7)
    assert text.index("`netflix/best` | .7005 |") < text.index("`netflix/gru` | .6005 |")
    assert "- `netflix/best` is above all others by more than its 95 % interval" in text


def test_who_is_ahead_by_less_than_an_interval_is_not_said_to_be(tmp_path: Path) -> None:
    assert "is above all" not in grouped(tmp_path, gru=0.7, best=0.701)


def test_a_grouped_leaderboard_of_one_experiment_has_its_row(tmp_path: Path) -> None:
    assert "| `netflix/gru` | .6005 |" in grouped(tmp_path, gru=0.6)


def test_where_nothing_was_measured_there_is_no_grouped_section(tmp_path: Path) -> None:
    assert "## Netflix again" not in grouped(tmp_path)


def test_a_picture_is_told_by_what_it_shows(tmp_path: Path) -> None:
    text = results(notes(), {}, {PurePath("figures/a.png"): "Words a review has"}, None)
    assert text.endswith("Words a review has:\n\n![Words a review has](figures/a.png)\n")


@pytest.mark.parametrize(
    ("model", "torch_count", "keras_count"),
    [
        ({"_target_": "reviewlab.models.RNNClassifier"}, 8217, 8209),
        ({"_target_": "reviewlab.models.LSTMClassifier"}, 8841, 8809),
        ({"_target_": "reviewlab.models.LSTMClassifier", "num_layers": 2}, 9417, 9353),
        ({"_target_": "reviewlab.models.GRUClassifier"}, 8633, 8633),
    ],
)
def test_keras_counts_one_bias_vector_a_gate(
    model: dict, torch_count: int, keras_count: int
) -> None:
    """The counts that the notes print: 500 words, Embedding(16), 8 units."""
    from reviewlab.nn.objectives import BCE

    model = {"num_layers": 1, "bidirectional": False, "hidden_size": 8, **model}
    classifier = build(model, {"vocab_size": 500, "objective": BCE(2)})
    count = sum(parameter.numel() for parameter in classifier.parameters())
    assert count == torch_count
    assert keras_parameters({"model": model}, count) == keras_count
