"""The command line of `scripts/explain.py`: show which words decide a prediction."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from reviewlab.config.options import parse_options
from reviewlab.console.exit import exit_on_input_error, tidy_up_on_interrupt
from reviewlab.console.table import on_one_line
from reviewlab.evaluation.find import find_checkpoint
from reviewlab.evaluation.options import Decision, refuse_broken, refuse_output
from reviewlab.exceptions import InputError
from reviewlab.ranges import Threads
from reviewlab.runs.files import write_json, write_text

if TYPE_CHECKING:
    from reviewlab.explaining.explanation import Explanation
    from reviewlab.models.classifier import ReviewClassifier

PICTURES = (".svg", ".pdf", ".png")

VERBATIM = ("checkpoint", "text", "output", "label")


@dataclass(frozen=True)
class Question:
    """The options of `conf/explain.yaml`.

    Args:
        checkpoint: a .ckpt file, a run folder or a sweep folder.
        text: one review.
        label: the class to explain; None for the predicted class.
        method: how to measure the words' effects; None chooses the weights of a linear model,
            otherwise gradients if possible, otherwise occlusion.
        output: an .html, .json, .svg, .pdf or .png file to write; None to print only.
        threads: number of CPU threads.
        decision: how to choose a class from the probabilities; None for the rule used in training.
    """

    checkpoint: str | None
    text: str | None
    label: str | None
    method: Literal["gradient", "occlusion", "weights"] | None
    output: str | None
    threads: Threads
    decision: Decision | None

    def run(self) -> None:
        """Explain the prediction, print the words and write the file."""
        if self.text is None:
            raise InputError("text: missing; give one review")
        refuse_broken(self.text)
        refuse_output(self.output, [".html", ".json", *PICTURES])
        checkpoint = find_checkpoint(self.checkpoint)
        from reviewlab.evaluation.checkpoint import decide_by, load_checkpoint

        classifier = load_checkpoint(checkpoint, "cpu", self.threads)
        decide_by(classifier, self.decision)
        tidy_up_on_interrupt()
        from reviewlab.explaining.explanation import explain

        explanation = explain(classifier, self.text, self.method, self.label)
        _print(explanation)
        if self.output is not None:
            path = Path(self.output)
            if path.suffix in PICTURES:
                _draw(classifier, explanation, path)
            else:
                _write(explanation, path)
            sys.stdout.write(f"\n-> {on_one_line(self.output)}\n")


def _print(explanation: "Explanation") -> None:
    from rich.console import Console

    from reviewlab.explaining.lines import coloured, lines

    console = Console(highlight=False)
    in_colour = console.is_terminal and console.color_system and not console.no_color
    if in_colour and explanation.reading.words:
        console.print(coloured(explanation), end="\n\n")
    sys.stdout.write(f"{lines(explanation)}\n")


def _write(explanation: "Explanation", path: Path) -> None:
    if path.suffix == ".json":
        write_json(path, explanation.as_json())
        return
    from reviewlab.explaining.page import page

    write_text(path, page(explanation))


def _draw(classifier: "ReviewClassifier", explanation: "Explanation", path: Path) -> None:
    from reviewlab.explaining.attention import word_attention
    from reviewlab.explaining.figure import draw_explanation
    from reviewlab.reporting.figures.style import PRINT, drawing, save

    with drawing():
        attention = word_attention(classifier, explanation.reading)
        save(draw_explanation(explanation, attention), path, PRINT)


def main(argv: Sequence[str] | None = None) -> None:
    """Explain a prediction of a checkpoint."""
    with exit_on_input_error(argv) as arguments:
        question = parse_options("explain", Question, VERBATIM, arguments)
        if question is not None:
            question.run()
