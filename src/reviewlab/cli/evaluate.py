"""The command line of `scripts/evaluate.py`; torch is imported after `--help` was answered."""

import sys
from collections.abc import Sequence

from reviewlab.config.options import parse_checkpoint_options
from reviewlab.console.exit import exit_on_input_error
from reviewlab.evaluation.options import CheckpointOptions, refuse_missing, refuse_output

VERBATIM = ("checkpoint", "output")


def main(argv: Sequence[str] | None = None) -> None:
    """Measure a checkpoint."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    with exit_on_input_error(arguments):
        parsed = parse_checkpoint_options("evaluate", CheckpointOptions, VERBATIM, arguments)
        if parsed is None:
            return
        options, choice = parsed
        refuse_missing(options.checkpoint)
        refuse_output(options.output, [".json"])
        from reviewlab.evaluation.measure import evaluate

        evaluate(options, choice)
