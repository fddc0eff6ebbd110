"""The command line of `scripts/train.py`: one run, or a sweep with `-m`."""

import gc
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from reviewlab.console.exit import SHOW_TRACEBACK, exit_on_input_error, tidy_up_on_interrupt
from reviewlab.exceptions import InputError

if TYPE_CHECKING:
    from reviewlab.config.request import RunRequest
    from reviewlab.config.sweep_request import SweepRequest
    from reviewlab.runs.folder import RunFolder

JOB, TRIAL = "reviewlab.launching.job_entry:main", "reviewlab.launching.trial_entry:main"
"""Entry points of a job of a grid, and of a trial that a search may stop early."""

# Everything else is imported where it is needed: `--help` and a misspelt key need no torch, and
# an interrupted import shows no traceback.


def main(argv: Sequence[str] | None = None) -> None:
    """Train a classifier, or all those of a sweep."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    with exit_on_input_error(arguments):
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
            from reviewlab.running.run import run
            from reviewlab.running.run_summary import format_summary
            from reviewlab.running.started_once import refuse_copies

        refuse_copies(request.config)
        experiment = check_config(request.config)
        speak()
        tidy_up_on_interrupt()
        with _exit_as_the_run_ends(arguments), own_environment():
            outcome = run(experiment, request.overrides, request.resume)
        sys.stdout.write(f"{format_summary(outcome)}\n")


@contextmanager
def without_collection() -> Iterator[None]:
    """Look for no garbage while this block imports: it makes none, and the search takes a fifth."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()  # what was imported stays
        gc.enable()


def refuse_windows() -> None:
    """Refuse to train where signals and forks are missing; what is trained can be used there.

    Raises:
        InputError: this is Windows.
    """
    if sys.platform == "win32":
        raise InputError(
            "Windows: it has neither the signals that stop a run in good order nor the forks that "
            "a sweep starts; allowed: Linux, macOS, or the Windows Subsystem for Linux"
        )


def read_request(argv: Sequence[str]) -> "RunRequest | SweepRequest | None":
    """Return what a command line asks for; None where Hydra answered it, as `--cfg job`.

    Raises:
        InputError: it cannot be understood, or its folder cannot be gone on with.
    """
    from reviewlab.config.command_line import take_verbatim
    from reviewlab.config.request import RunRequest, compose_request
    from reviewlab.running.rerun import rerun_config, rerun_overrides
    from reviewlab.running.resume import resumed_config

    folders, rest = take_verbatim(argv, {"resume", "rerun"})
    if len(folders) > 1:
        raise InputError("rerun: given beside resume; allowed: one of them")
    if "rerun" in folders:
        folder = _open(folders["rerun"], "rerun")
        return RunRequest(rerun_config(folder, rest), rerun_overrides(folder, rest))
    if "resume" in folders:
        folder = _open(folders["resume"], "resume")
        return RunRequest(resumed_config(folder, rest), list(rest), folder)
    return compose_request("train", rest)


def start_sweep(request: "SweepRequest") -> int:
    """Run a sweep, or what is left of it, and return the exit code."""
    from reviewlab.console.commands import hand_on
    from reviewlab.running.started_once import refuse_tasks
    from reviewlab.sweeps.fork_server import preload

    job = TRIAL if request.search is not None and request.search.pruner else JOB
    refuse_tasks(os.environ)
    hand_on()
    here = request.launcher.target.startswith("reviewlab.sweeps.")
    if here and not request.settings.dry_run:  # it imports while this process does, too
        preload(job, request.launcher.value("threads_per_job"))
    with without_collection():
        from reviewlab.launching.start import sweep

    return sweep(request, job)


def _open(text: str, key: str) -> "RunFolder":
    """Open the run folder that `resume` or `rerun` names.

    `~` is expanded as a shell does: a home that is not known stays as it is.
    """
    from reviewlab.running.sweep_folder import refuse_sweep
    from reviewlab.runs.folder import RunFolder

    path = Path(os.path.expanduser(text))  # noqa: PTH111  `Path.expanduser` raises there
    refuse_sweep(path, key)
    return RunFolder.open(path, key)


@contextmanager
def _exit_as_the_run_ends(argv: Sequence[str]) -> Iterator[None]:
    """Leave with the shell's exit code of a signal, or with 1 after an error that was logged.

    With debug=traceback the error itself passes through.
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


@contextmanager
def own_environment() -> Iterator[None]:
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
