"""The entry point of `scripts/train.py`: from its command line to finished runs."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reviewlab.config.command_line import take_verbatim
from reviewlab.console.exit import SHOW_TRACEBACK, exit_on_input_error, tidy_up_on_interrupt
from reviewlab.exceptions import InputError

if TYPE_CHECKING:
    from reviewlab.runs.folder import RunFolder

JOB, PRUNED_JOB = "reviewlab.launching.job_entry:main", "reviewlab.launching.trial_entry:main"
"""What a job of a sweep runs, and one that others may leave behind."""

# Everything else is imported where it is needed: `--help` and a misspelt key need no torch, and
# whoever interrupts an import gets no traceback.


def main() -> None:
    """Carry out what `sys.argv` asks for."""
    argv = sys.argv[1:]
    with exit_on_input_error(argv):
        from reviewlab.config.request import Request, compose
        from reviewlab.running.rerun import rerun_config, rerun_overrides
        from reviewlab.running.resume import resumed_config
        from reviewlab.runs.folder import RunFolder

        taken, rest = take_verbatim(argv, {"resume", "rerun"})
        if len(taken) > 1:
            raise InputError("rerun: given beside resume; allowed: one of them")
        if "rerun" in taken:
            folder = RunFolder.open(_path(taken["rerun"]), "rerun")
            one_run(rerun_config(folder, rest), rerun_overrides(folder, rest))
            return
        if "resume" in taken:
            folder = RunFolder.open(_path(taken["resume"]))
            one_run(resumed_config(folder, rest), rest, folder)
            return
        asked = compose("train", rest)
        if isinstance(asked, Request):
            from reviewlab.running.started_once import refuse_tasks
            from reviewlab.sweeps.fork_server import preload

            job = PRUNED_JOB if asked.is_search and asked.sweeper.get("pruner") else JOB
            refuse_tasks(os.environ)
            here = str(asked.launcher["_target_"]).startswith("reviewlab.sweeps.")
            if here and not asked.sweep.get("dry_run"):  # it imports while this process does, too
                preload(job, asked.launcher.get("threads_per_job", 1))
            from reviewlab.launching.start import sweep

            sys.exit(sweep(asked, job))
        if asked is not None:
            one_run(*asked)


def _path(said: str) -> Path:
    """What a shell would have made of it: a home that it does not know stays as it is."""
    return Path(os.path.expanduser(said))  # noqa: PTH111  `Path.expanduser` raises there


def one_run(
    config: dict[str, Any], overrides: list[str], resume: "RunFolder | None" = None
) -> None:
    """Check a config, run it in this process, and say what came of it."""
    from reviewlab.config.preflight import checked
    from reviewlab.running.started_once import refuse_copies

    refuse_copies(config)
    try:
        execute(checked(config), overrides, resume)
    except Failed:
        sys.exit(1)


class Failed(Exception):  # noqa: N818  what failed is told by its cause
    """A run broke; its status, its log and one line on the console tell how."""


def execute(
    config: dict[str, Any], overrides: list[str], resume: "RunFolder | None" = None
) -> None:
    """Run one checked config and say what came of it; a signal's exit code is the shell's.

    Raises: Failed for an error that is not the person's; with debug=traceback, that error itself.
    """
    from reviewlab.callbacks import Interrupted
    from reviewlab.console.logs import speak
    from reviewlab.running.run import run
    from reviewlab.running.run_summary import summary

    speak()
    tidy_up_on_interrupt()
    with _own_environment():
        try:
            outcome = run(config, overrides, resume)
        except Interrupted as interrupted:
            sys.exit(128 + interrupted.number)
        except (InputError, OSError):
            raise
        except Exception as error:
            if SHOW_TRACEBACK in sys.argv:
                raise
            raise Failed from error
    sys.stdout.write(f"{summary(outcome)}\n")


@contextmanager
def _own_environment() -> Iterator[None]:
    """Give the next run an environment that this one has not touched.

    Lightning leaves the seed and its ranks there, and torch the group of processes; the next run
    would inherit them.
    """
    from torch import distributed

    before = dict(os.environ)
    os.environ.pop("PL_GLOBAL_SEED", None)
    try:
        yield
    finally:
        if distributed.is_available() and distributed.is_initialized():
            distributed.destroy_process_group()
        os.environ.clear()
        os.environ.update(before)
