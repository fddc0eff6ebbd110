"""The command line of `scripts/train.py`: one run or, with `-m`, a sweep."""

import gc
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from reviewlab.console.exit import SHOW_TRACEBACK, exit_on_input_error, tidy_up_on_interrupt
from reviewlab.exceptions import InputError, escape_controls
from reviewlab.running.request import read_request, refuse_windows

if TYPE_CHECKING:
    from reviewlab.config.sweep_request import SweepRequest

# Everything else is imported where it is needed: `--help` and errors in keys then need no torch,
# and Ctrl-C during an import shows no traceback.


def main(argv: Sequence[str] | None = None) -> None:
    """Train one classifier or, with `-m`, all classifiers of a sweep."""
    with exit_on_input_error(argv) as arguments:
        with without_collection():
            request = read_request(arguments)
        if request is None:
            return
        refuse_windows()
        from reviewlab.config.sweep_request import SweepRequest

        if isinstance(request, SweepRequest):
            sys.exit(start_sweep(request))
        with without_collection():
            from reviewlab.config.check import check_config
            from reviewlab.console.logs import speak
            from reviewlab.running.environment import own_environment
            from reviewlab.running.run import run
            from reviewlab.running.run_summary import format_summary
            from reviewlab.running.started_once import refuse_copies

        refuse_copies(request.config)
        experiment = check_config(request.config)
        speak()
        tidy_up_on_interrupt()
        with _exit_as_the_run_ends(arguments), own_environment():
            outcome = run(experiment, request.overrides, request.resume)
        sys.stdout.write(f"{escape_controls(format_summary(outcome))}\n")


@contextmanager
def without_collection() -> Iterator[None]:
    """Switch garbage collection off inside a block of imports.

    Imports leave no garbage, and searching for it would take a fifth of their time.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()  # imported objects live until the end
        gc.enable()


def start_sweep(request: "SweepRequest") -> int:
    """Run a sweep or its remaining jobs, print its summary, and return the exit code."""
    from reviewlab.console.commands import hand_on
    from reviewlab.console.logs import speak
    from reviewlab.launching.entries import preload_entry

    hand_on()
    entry = preload_entry(request)
    with without_collection():
        from reviewlab.launching.start import sweep

    speak()
    tidy_up_on_interrupt()
    outcome = sweep(request, entry)
    sys.stdout.write(escape_controls(outcome.summary))
    return outcome.code


@contextmanager
def _exit_as_the_run_ends(argv: Sequence[str]) -> Iterator[None]:
    """Exit with 128 plus the signal's number if the block is interrupted, or with 1 if it fails.

    The run has logged the error already. With debug=traceback, the error itself passes through.
    """
    from reviewlab.callbacks import Interrupted

    try:
        yield
    except Interrupted as interrupted:
        sys.exit(128 + interrupted.number)
    except (InputError, OSError):
        raise
    except Exception:
        if SHOW_TRACEBACK in argv:
            raise
        sys.exit(1)
