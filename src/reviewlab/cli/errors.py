"""The command line of `scripts/errors.py`; torch is imported after `--help` was answered."""

import sys
from collections.abc import Sequence

from reviewlab.cli.evaluate import asked_of_checkpoint
from reviewlab.console.exit import exit_on_input_error
from reviewlab.evaluation.options import refuse_output_folder


def main(argv: Sequence[str] | None = None) -> None:
    """List where a checkpoint is wrong."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    with exit_on_input_error(arguments):
        asked = asked_of_checkpoint("errors", arguments)
        if asked is not None:
            refuse_output_folder(asked[0]["output"])
            from reviewlab.evaluation.error_analysis import analyse

            analyse(*asked)
