"""The measurements of experiments."""

from pathlib import Path

import pytest
from tests.notes.folders import note_run
from tests.notes.pages import notes
from tests.reporting.folders import config, run

from reviewlab.config.signatures import read_parts
from reviewlab.notes.measured import keras_parameters, read_measured
from reviewlab.notes.results import results_page


def test_the_last_epoch_counts_and_not_the_best(tmp_path: Path) -> None:
    folder = note_run(tmp_path, "imdb/lstm", 0, {"val/accuracy": 0.7}, flags=["collapsed"])
    [run_] = read_measured([folder])["imdb/lstm"].runs
    assert run_.metrics["val/accuracy"] == 0.7
    assert "collapsed (1 of 1)" in results_page(notes(), read_measured([folder]), {}, None)


def test_a_run_that_failed_and_one_of_no_experiment_are_no_measurements(tmp_path: Path) -> None:
    folders = [
        run(tmp_path / "a", config(), state="failed", overrides=("experiment=imdb/lstm",)),
        run(tmp_path / "b", config(), overrides=("model=lstm",), last={}),
    ]
    measurements = read_measured(folders)
    assert [*measurements] == ["imdb/lstm"]
    assert (len(measurements["imdb/lstm"].runs), len(measurements["imdb/lstm"].failed)) == (0, 1)
    assert "| `imdb/lstm` (note 5) | failed |" in results_page(notes(), measurements, {}, None)
    measurements = read_measured([*folders, note_run(tmp_path, "imdb/lstm")])
    assert "| .8000 | 1, 1 failed | 2 |" in results_page(notes(), measurements, {}, None)


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
    """The counts are those printed in the notes: 500 words, Embedding(16), 8 units."""
    from reviewlab.nn.objectives import BCE

    model = {"num_layers": 1, "bidirectional": False, "hidden_size": 8, **model}
    classifier = read_parts(model, "model").build({"vocab_size": 500, "objective": BCE(2)})
    count = sum(parameter.numel() for parameter in classifier.parameters())
    assert count == torch_count
    assert keras_parameters({"model": model}, count) == keras_count
