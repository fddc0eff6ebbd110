"""The command line of `scripts/errors.py`; torch is imported after `--help` was answered."""

import sys
from collections.abc import Sequence

from reviewlab.app.errors import one_line
from reviewlab.app.evaluate import VERBATIM, parted
from reviewlab.app.options import parse


def main(argv: Sequence[str] | None = None) -> None:
    """List where a checkpoint is wrong."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    with one_line(arguments):
        changes, others = parted(arguments)
        options = parse("errors", VERBATIM, others)
        if options is not None:
            from reviewlab.app.error_analysis import analyse

            analyse({"data": None, **options}, changes)  # Hydra leaves out an unchosen group
