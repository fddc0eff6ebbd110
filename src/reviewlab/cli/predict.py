"""Classifies one text, or a table of them, with a checkpoint and nothing else."""

import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from reviewlab.config.bind import bind
from reviewlab.console.exit import exit_on_input_error, tidy_up_on_interrupt
from reviewlab.console.table import aligned
from reviewlab.console.text import count_of
from reviewlab.data.table_output import create_table
from reviewlab.data.table_readers import STANDARD_STREAM, Rows, Table
from reviewlab.data.tables import as_list, open_table
from reviewlab.evaluation.options import parse, refuse_missing
from reviewlab.exceptions import InputError
from reviewlab.ranges import PositiveInt, Threads

if TYPE_CHECKING:
    from reviewlab.explaining.scoring import Scores
    from reviewlab.models.classifier import ReviewClassifier

VERBATIM = ("checkpoint", "text", "input", "output", "text_column")
PROBABILITY_DIGITS = 7
"""Decimals that are written: as many as a 32-bit float has."""


@dataclass(frozen=True)
class Prediction:
    """What to classify, with what, and where the answer goes.

    text: one review; its answer is printed. Excludes `input` and `output`.
    input, output: tables, csv, jsonl or parquet by suffix; "-" is stdin and stdout.
    text_column: the column that holds the reviews; by default `text`, `content` or `review`.
    format: of "-", and of files whose suffix says nothing.
    batch_size: reviews at a time; changes speed and memory only.
    threads: of the CPU.
    """

    checkpoint: str | None
    text: str | None
    input: str | None
    output: str | None
    text_column: str | None
    format: Literal["csv", "jsonl"] | None
    batch_size: PositiveInt
    device: Literal["cpu", "cuda"]
    threads: Threads

    def run(self) -> None:
        """Classify."""
        self._refuse_contradictions()
        classifier = load(self.checkpoint, self.device, self.threads)
        tidy_up_on_interrupt()
        if self.text is not None:
            print_scores(classifier, self.text)
        else:
            self._score_table(classifier)

    def _refuse_contradictions(self) -> None:
        refuse_missing(self.checkpoint)
        if (self.text is None) == (self.input is None):
            given = "neither is" if self.text is None else "both are"
            raise InputError(f"text, input: {given} given; give one review, or a table of them")
        if self.text is not None and self.output is not None:
            raise InputError("output: text= prints its answer; output= goes with input=")
        if self.input is not None and self.output is None:
            raise InputError("output: is not given; give the file to write, or - for stdout")
        if self.input is not None and _same_file(self.input, str(self.output)):
            raise InputError(f"output: {self.output!r} is the input; give another file")

    def _score_table(self, classifier: "ReviewClassifier") -> None:
        from reviewlab.explaining.scoring import score

        began, count = time.perf_counter(), 0
        names = new_columns(classifier)
        with open_table(str(self.input), "input", self.format) as table:
            column = table.text_column(self.text_column)
            refuse_clash(table, names)
            columns = [*table.columns, *names]
            with (
                create_table(str(self.output), columns, "output", self.format) as out,
                progress(table) as advance,
            ):
                for rows in table:
                    scores = score(classifier, texts_of(rows, column), self.batch_size)
                    out.write({**rows, **added_columns(classifier, scores)})
                    count += len(scores.predictions)
                    advance(count)
        self._report(count, time.perf_counter() - began)

    def _report(self, count: int, seconds: float) -> None:
        to_stdout = self.output == STANDARD_STREAM
        where = "stdout" if to_stdout else self.output
        stream = sys.stderr if to_stdout else sys.stdout
        stream.write(f"{count_of(count, 'review')} in {seconds:.1f} s -> {where}\n")


def _same_file(one: str, other: str) -> bool:
    try:
        return Path(one).samefile(other)
    except (OSError, ValueError):  # one of them is not there; opening it will tell
        return False


def load(checkpoint: str | None, device: str, threads: int) -> "ReviewClassifier":
    """The classifier on its device, with this many threads for the whole process."""
    checkpoint = refuse_missing(checkpoint)
    import torch

    from reviewlab.models.loading import load_classifier

    torch.set_num_threads(threads)
    if device == "cuda" and not torch.cuda.is_available():
        raise InputError("device: 'cuda' is not there; this machine has only cpu")
    return load_classifier(checkpoint).to(device)


def print_scores(classifier: "ReviewClassifier", text: str) -> None:
    """One line a label, the predicted one marked, the probable ones first.

    Who would take the answer for one about words that were not read is told.
    """
    from reviewlab.explaining.reading import NO_WORDS, read
    from reviewlab.explaining.scoring import score

    refuse_broken(text)
    scores = score(classifier, [text])
    predicted = classifier.label_names[int(scores.predictions[0])]
    names = classifier.label_names
    ranked = sorted(zip(scores.probabilities[0], names, strict=True), reverse=True)
    rows = [["label", "probability"], *([name, f"{share:.4f}"] for share, name in ranked)]
    lines = [f"prediction: {predicted}", "", *aligned(rows, right=[False, False])]
    words = read(classifier.text_encoder, text).words
    if not words:
        lines += ["", NO_WORDS]
    elif not any(word.known for word in words):
        lines += ["", "no word of this text is in the vocabulary"]
    sys.stdout.write("\n".join(lines) + "\n")


def refuse_broken(text: str) -> None:
    """Refuse a text that a terminal handed on in another encoding."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InputError("text: holds bytes that are not UTF-8") from None


def new_columns(classifier: "ReviewClassifier") -> list[str]:
    """What the output has beside the input's columns."""
    return ["prediction", *(f"probability_{name}" for name in classifier.label_names)]


def added_columns(classifier: "ReviewClassifier", scores: "Scores") -> Rows:
    """The new columns of a chunk."""
    names = classifier.label_names
    predictions = [names[i] for i in scores.predictions.tolist()]
    probabilities = scores.probabilities.astype("float64").round(PROBABILITY_DIGITS).T.tolist()
    return dict(zip(new_columns(classifier), [predictions, *probabilities], strict=True))


def refuse_clash(table: Table, names: Sequence[str]) -> None:
    """Refuse a table that has one of the new columns already."""
    for name in names:
        if name in table.columns:
            raise InputError(f"input: has a column {name!r} already; rename or remove it")


def texts_of(rows: Rows, column: str) -> list[str]:
    """The reviews of a chunk; null is an empty review, as it is in a csv file."""
    values = as_list(rows[column])
    kinds = set(map(type, values)) - {str}
    if not kinds:
        return values
    for value in values:
        if not isinstance(value, str | None):
            raise InputError(f"input: column {column!r} holds {value!r:.40}, which is not a text")
    return [value or "" for value in values]


@contextmanager
def progress(table: Table) -> Iterator[Callable[[int], None]]:
    """Shows on a terminal's stderr how far `table` is read; called with the number of reviews."""
    if not sys.stderr.isatty():
        yield lambda count: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    shown = (TextColumn("{task.fields[count]:,} reviews"), BarColumn())
    times = (TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*shown, *times, console=Console(stderr=True), transient=True) as bar:
        known = table.share_read is not None
        task = bar.add_task("", total=1.0 if known else None, count=0)
        yield lambda count: bar.update(task, completed=table.share_read or 0.0, count=count)


def main(argv: Sequence[str] | None = None) -> None:
    """The command line of `scripts/predict.py`."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    if argv is None:  # ends as Ctrl-C does, so that no temporary file is left
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with exit_on_input_error(arguments):
        options = parse("predict", VERBATIM, arguments)
        if options is not None:
            bind(options, Prediction)
            Prediction(**options).run()
