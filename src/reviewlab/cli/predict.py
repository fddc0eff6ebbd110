"""The command line of `scripts/predict.py`: classify one text or a table of texts."""

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from reviewlab.config.options import parse_options
from reviewlab.console.exit import (
    exit_on_input_error,
    tidy_up_on_interrupt,
    tidy_up_on_signals,
)
from reviewlab.console.table import aligned, on_one_line
from reviewlab.console.text import count_of
from reviewlab.data.tables import STANDARD_STREAM
from reviewlab.evaluation.find import find_checkpoint
from reviewlab.evaluation.options import (
    Decision,
    refuse_broken,
    refuse_missing,
    refuse_same_file,
)
from reviewlab.exceptions import InputError
from reviewlab.ranges import PositiveInt, Threads

if TYPE_CHECKING:
    from reviewlab.models.classifier import ReviewClassifier

VERBATIM = ("checkpoint", "text", "input", "output", "text_column")


@dataclass(frozen=True)
class Prediction:
    """The options of `conf/predict.yaml`.

    Args:
        checkpoint: a .ckpt file, a run folder or a sweep folder.
        text: one review, whose prediction is printed. Excludes `input` and `output`.
        input: a table of reviews, whose suffix names its format; "-" is stdin.
        output: the table to write; "-" is stdout.
        text_column: name of the column with the reviews, or a dotted path inside nested objects;
            None for `text`, `content` or `review`.
        format: format of "-" and of files without a known suffix.
        encoding: encoding of the input; None to detect UTF-8 or UTF-16.
        batch_size: number of reviews at a time; affects only speed and memory.
        device: device on which the classifier computes.
        threads: number of CPU threads.
        decision: how to choose a class from the probabilities; None for the rule used in training.
    """

    checkpoint: str | None
    text: str | None
    input: str | None
    output: str | None
    text_column: str | None
    format: Literal["csv", "tsv", "jsonl"] | None
    encoding: str | None
    batch_size: PositiveInt
    device: Literal["cpu", "cuda"]
    threads: Threads
    decision: Decision | None

    def run(self) -> None:
        """Classify the text or the table."""
        self._refuse_contradictions()
        checkpoint = find_checkpoint(self.checkpoint)
        from reviewlab.evaluation.checkpoint import decide_by, load_checkpoint

        classifier = load_checkpoint(checkpoint, self.device, self.threads)
        decide_by(classifier, self.decision)
        tidy_up_on_interrupt()
        if self.text is not None:
            print_scores(classifier, self.text)
        else:
            self._score_table(classifier)

    def _refuse_contradictions(self) -> None:
        refuse_missing(self.checkpoint)
        if (self.text is None) == (self.input is None):
            number = "neither is" if self.text is None else "both are"
            raise InputError(
                f"text, input: {number} given; give either text= (one review) or input= (a table "
                "of reviews)"
            )
        if self.text is not None and self.encoding is not None:
            raise InputError(f"encoding: {self.encoding!r} only has an effect with input=")
        if self.text is not None and self.output is not None:
            raise InputError("output: cannot be used with text=, which only prints; use input=")
        if self.input is not None and self.output is None:
            raise InputError("output: missing; give the file to write, or - for stdout")
        refuse_same_file(self.output, self.input)

    def _score_table(self, classifier: "ReviewClassifier") -> None:
        from reviewlab.evaluation.scored_table import score_table

        began = time.perf_counter()
        source, target = str(self.input), str(self.output)
        count = score_table(
            classifier,
            source,
            target,
            self.text_column,
            self.format,
            self.batch_size,
            self.encoding,
        )
        seconds = time.perf_counter() - began
        to_stdout = target == STANDARD_STREAM
        where, stream = ("stdout", sys.stderr) if to_stdout else (target, sys.stdout)
        stream.write(f"{count_of(count, 'review')} in {seconds:.1f} s -> {on_one_line(where)}\n")


def print_scores(classifier: "ReviewClassifier", text: str) -> None:
    """Print each label's probability, highest first, and a note if no word of the text is known."""
    from reviewlab.explaining.reading import NO_WORDS, read
    from reviewlab.explaining.scoring import score

    refuse_broken(text)
    scores = score(classifier, [text])
    predicted = classifier.label_names[int(scores.predictions[0])]
    names = classifier.label_names
    ranked = sorted(zip(scores.probabilities[0], names, strict=True), reverse=True)
    rows = [["label", "probability"], *([name, f"{share:.4f}"] for share, name in ranked)]
    lines = [f"prediction: {on_one_line(predicted)}", "", *aligned(rows, right=[False, False])]
    words = read(classifier.text_encoder, text).words
    if not words:
        lines += ["", NO_WORDS]
    elif not any(word.known for word in words):
        lines += ["", "no word of this text is in the vocabulary"]
    sys.stdout.write("\n".join(lines) + "\n")


def main(argv: Sequence[str] | None = None) -> None:
    """Classify reviews with a checkpoint."""
    with exit_on_input_error(argv) as arguments, tidy_up_on_signals():
        prediction = parse_options("predict", Prediction, VERBATIM, arguments)
        if prediction is not None:
            prediction.run()
