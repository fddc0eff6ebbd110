"""The command line of `scripts/evaluate.py`: measure a checkpoint. `--help` imports no torch."""

from collections.abc import Sequence
from dataclasses import replace

from reviewlab.config.options import parse_checkpoint_options
from reviewlab.console.exit import exit_on_input_error
from reviewlab.evaluation.find import find_checkpoint
from reviewlab.evaluation.options import EvaluationOptions, refuse_output

VERBATIM = ("checkpoint", "output", "figures")


def main(argv: Sequence[str] | None = None) -> None:
    """Measure a checkpoint on a split."""
    with exit_on_input_error(argv) as arguments:
        parsed = parse_checkpoint_options("evaluate", EvaluationOptions, VERBATIM, arguments)
        if parsed is None:
            return
        options, choice = parsed
        options = replace(options, checkpoint=find_checkpoint(options.checkpoint))
        refuse_output(options.output, [".json"])
        options.refuse_figures()
        from reviewlab.evaluation.measure import evaluate

        evaluate(options, choice)
