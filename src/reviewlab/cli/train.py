"""The command line of `scripts/train.py`: one run or, with `-m`, a sweep."""

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

# Everything else is imported where it is needed: `--help` and errors in keys need no torch, and
# Ctrl-C during an import shows no traceback.


def main(argv: Sequence[str] | None = None) -> None:
    """Train one classifier, or those of a sweep."""
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
    """Switch garbage collection off inside a block of imports.

    Imports leave no garbage, and looking for it takes a fifth of their time.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()  # imported objects live until the end
        gc.enable()


def refuse_windows() -> None:
    """Refuse to train on Windows, which lacks signals and forks; checkpoints can be used there.

    Raises:
        InputError: this is Windows.
    """
    if sys.platform == "win32":
        raise InputError(
            "Windows: training needs signals to stop cleanly and forks to start the jobs of a "
            "sweep; allowed: Linux, macOS or the Windows Subsystem for Linux"
        )


def read_request(argv: Sequence[str]) -> "RunRequest | SweepRequest | None":
    """Return what a command line asks for; None if Hydra has answered it, such as `--cfg job`.

    Raises:
        InputError: an argument is not allowed, or its run folder cannot be continued.
    """
    from reviewlab.config.command_line import take_verbatim
    from reviewlab.config.request import RunRequest, compose_request
    from reviewlab.running.rerun import rerun_config, rerun_overrides
    from reviewlab.running.resume import resumed_config

    folders, rest = take_verbatim(argv, {"resume", "rerun"})
    if len(folders) > 1:
        raise InputError("rerun: given together with resume; allowed: one of them")
    if "rerun" in folders:
        folder = _open(folders["rerun"], "rerun")
        return RunRequest(rerun_config(folder, rest), rerun_overrides(folder, rest))
    if "resume" in folders:
        folder = _open(folders["resume"], "resume")
        return RunRequest(resumed_config(folder, rest), list(rest), folder)
    return compose_request("train", rest)


def start_sweep(request: "SweepRequest") -> int:
    """Run a sweep or its remaining jobs, and return the exit code."""
    from reviewlab.console.commands import hand_on
    from reviewlab.running.started_once import refuse_tasks
    from reviewlab.sweeps.fork_server import preload

    job = TRIAL if request.search is not None and request.search.pruner else JOB
    refuse_tasks(os.environ)
    hand_on()
    is_local = request.launcher.target.startswith("reviewlab.sweeps.")
    if is_local and not request.settings.dry_run:  # it imports in parallel with this process
        preload(job, request.launcher.value("threads_per_job"))
    with without_collection():
        from reviewlab.launching.start import sweep

    return sweep(request, job)


def _open(text: str, key: str) -> "RunFolder":
    """Open the run folder that `resume` or `rerun` names.

    `~` is expanded as in a shell, which leaves the home of an unknown user as it is.
    """
    from reviewlab.running.sweep_folder import refuse_sweep
    from reviewlab.runs.folder import RunFolder

    path = Path(os.path.expanduser(text))  # noqa: PTH111  `Path.expanduser` raises for such a home
    refuse_sweep(path, key)
    return RunFolder.open(path, key)


@contextmanager
def _exit_as_the_run_ends(argv: Sequence[str]) -> Iterator[None]:
    """Exit with the shell's code of a signal, or with 1 after an error, which the run has logged.

    With debug=traceback, the error itself passes through.
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
    """Restore the environment and the process group on exit, so that no later run inherits them.

    Lightning leaves the seed and the ranks in the environment, and torch the process group.
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
