"""Time the classification of a csv file of 25,000 reviews, against a plain forward pass."""

import csv
import io
from collections.abc import Sequence
from contextlib import redirect_stdout
from pathlib import Path

import torch
from torch import Tensor

from reviewlab.benchmarks.encoding import encoder_dictionary, prepared, reference
from reviewlab.benchmarks.measurement import Pairs, Workbench, alternate, seconds
from reviewlab.benchmarks.plain import OverTokens, evaluate
from reviewlab.benchmarks.training import LSTM
from reviewlab.cli.predict import VERBATIM, Prediction
from reviewlab.config.options import parse_options
from reviewlab.models.loading import load_classifier
from reviewlab.running.run import run

BATCH_SIZE = 256


def predict(bench: Workbench) -> Pairs:
    """Time `predict.py input=... output=...`, not counting process startup.

    Unlike the plain forward pass, our side also loads the checkpoint, reads the table and writes it
    with new columns.
    """
    experiment = bench.experiment(*LSTM, "trainer.max_steps=20", "trainer.limit_val_batches=0")
    checkpoint = run(experiment, []).folder.last_checkpoint
    data = prepared(bench, *LSTM)
    texts = data.read()["test"].texts
    ids = encoder_dictionary(data)
    classifier = load_classifier(checkpoint)
    network = OverTokens(classifier, data.text.pad_id).eval()
    width = data.text.max_length or 0

    def plain() -> Tensor:
        token_ids = filled(reference(texts, ids), width)
        outputs = evaluate(network, token_ids, BATCH_SIZE)
        return classifier.objective.probabilities(outputs)

    table = write_table(bench.folder / "reviews.csv", texts)
    ours = prediction(checkpoint, table, bench.folder / "scored.csv")
    with redirect_stdout(io.StringIO()):
        return alternate(lambda: seconds(ours.run), lambda: seconds(plain), bench.pairs)


def prediction(checkpoint: Path, table: Path, output: Path) -> Prediction:
    """Return the prediction that `scripts/predict.py` would run with these files.

    Args:
        checkpoint: the .ckpt file.
        table: the csv file of reviews.
        output: the csv file to write.
    """
    files = [f"checkpoint={checkpoint}", f"input={table}", f"output={output}"]
    arguments = [*files, f"batch_size={BATCH_SIZE}", "threads=1"]
    parsed = parse_options("predict", Prediction, VERBATIM, arguments)
    if parsed is None:
        raise ValueError("predict: the options did not parse to a prediction")
    return parsed


def filled(rows: list[list[int]], width: int) -> Tensor:
    """Cut rows to `width` ids, or pad them with 0 at the end: `[rows, width]`."""
    return torch.tensor([row[:width] + [0] * (width - len(row)) for row in rows])


def write_table(path: Path, texts: Sequence[str]) -> Path:
    """Write a csv file with one column, `text`, and return its path."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["text"])
        writer.writerows([text] for text in texts)
    return path
