"""The command line of `scripts/errors.py`: list mistakes. `--help` does not import torch."""

from collections.abc import Sequence
from dataclasses import replace

from reviewlab.config.options import parse_checkpoint_options
from reviewlab.console.exit import exit_on_input_error
from reviewlab.evaluation.find import find_checkpoint
from reviewlab.evaluation.options import CheckpointOptions, refuse_output_folder

VERBATIM = ("checkpoint", "output")


def main(argv: Sequence[str] | None = None) -> None:
    """List the mistakes of a checkpoint."""
    with exit_on_input_error(argv) as arguments:
        parsed = parse_checkpoint_options("errors", CheckpointOptions, VERBATIM, arguments)
        if parsed is None:
            return
        options, choice = parsed
        options = replace(options, checkpoint=find_checkpoint(options.checkpoint))
        refuse_output_folder(options.output)
        from reviewlab.evaluation.error_analysis import analyse

        analyse(options, choice)
