"""Train one classifier or a whole sweep."""

import os
import signal
from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from reviewlab.api.host import guest
from reviewlab.api.runs import Run
from reviewlab.api.sweeps import Sweep
from reviewlab.exceptions import InputError

if TYPE_CHECKING:
    from reviewlab.config.request import RunRequest
    from reviewlab.config.sweep_request import SweepRequest


def train(
    overrides: Sequence[str] = (),
    *,
    config_dir: str | os.PathLike[str] | None = None,
    quiet: bool = False,
) -> Run:
    """Train a classifier, as the command ``reviewlab train`` does.

    Training happens in this process and leaves no trace in it: signal handlers, logging, the
    environment and random states are restored. One training runs at a time; other threads wait.
    Ctrl-C saves a checkpoint and raises ``KeyboardInterrupt``; ``resume=<run folder>`` continues.

    Args:
        overrides: arguments of the command line, such as ``["data=imdb", "optimizer.lr=1e-3"]``.
        config_dir: a folder with your own configs, laid out like ``conf/``.
        quiet: whether to hide progress. Errors are raised, never printed.

    Returns:
        The finished run, whose folder is in ``outputs/runs/``.

    Raises:
        InputError: an override, a file or the data cannot be used; nothing is left behind.

    Example:
        >>> run = reviewlab.train(["experiment=demo", "trainer.max_epochs=2"], quiet=True)
        >>> run.state
        'done'
    """
    from reviewlab.running.request import read_request, refuse_windows

    arguments = _as_arguments(overrides, config_dir)
    refuse_windows()
    with guest(quiet):
        from reviewlab.callbacks import Interrupted
        from reviewlab.config.check import check_config
        from reviewlab.running.run import run
        from reviewlab.running.started_once import refuse_copies

        request = cast("RunRequest", read_request(arguments))
        refuse_copies(request.config)
        try:
            outcome = run(check_config(request.config), request.overrides, request.resume)
        except Interrupted as interrupted:
            number = interrupted.number
        else:
            return Run(outcome.folder.path)
    signal.raise_signal(number)  # now handled by the host program's own handler
    raise Interrupted(number)


def sweep(
    overrides: Sequence[str] = (),
    *,
    config_dir: str | os.PathLike[str] | None = None,
    quiet: bool = False,
) -> Sweep:
    """Train a classifier for each combination of settings, as ``reviewlab train -m`` does.

    Each job runs in its own process, and as many run at a time as there are cores. Calling this
    function again with the same ``sweep.name`` runs the jobs that are left. A failed job does not
    stop the sweep; the leaderboard shows the reason. Ctrl-C lets running jobs save a checkpoint and
    raises ``KeyboardInterrupt``. A helper process, from which jobs are forked, remains idle
    after the sweep until this program ends.

    Args:
        overrides: arguments of the command line; values separated by commas vary, as in
            ``["model=lstm,gru", "seed=0,1,2"]``.
        config_dir: a folder with your own configs, laid out like ``conf/``.
        quiet: whether to hide progress. Errors are raised, never printed.

    Returns:
        The sweep, whose folder is in ``outputs/sweeps/``.

    Raises:
        InputError: an override, a file or the data cannot be used; nothing is left behind.

    Example:
        >>> sizes = ["model.hidden_size=8,32", "seed=0,1", "trainer.max_epochs=1"]
        >>> sweep = reviewlab.sweep([*sizes, "sweep.name=sizes"], quiet=True)
        >>> len(sweep.runs())
        4
    """
    from reviewlab.running.request import read_request, refuse_windows

    arguments = _as_arguments(overrides, config_dir)
    refuse_windows()
    with guest(quiet):
        from reviewlab.launching.entries import preload_entry

        request = cast("SweepRequest", read_request(["-m", *arguments]))
        entry = preload_entry(request)  # a process that imports while this one imports, too
        from reviewlab.launching import start

        outcome = start.sweep(request, entry)
    if outcome.code > 128:
        signal.raise_signal(outcome.code - 128)
    if outcome.folder is None:
        raise InputError(
            "sweep.dry_run: with true, nothing is trained; allowed: false (true is for the command "
            "line)"
        )
    return Sweep(outcome.folder)


def _as_arguments(overrides: Sequence[str], config_dir: str | os.PathLike[str] | None) -> list[str]:
    """Return the arguments of a command line, with `--config-dir` as the only flag allowed.

    Raises:
        InputError: `overrides` is a single string, or one of its items is not an override.
    """
    if isinstance(overrides, str):
        raise InputError(
            f"overrides: {overrides!r} is a single string; allowed: a list, [{overrides!r}]"
        )
    for override in overrides:
        if not isinstance(override, str) or override.startswith("-"):
            raise InputError(
                f"overrides: {override!r} is not allowed; allowed: key=value as on the command "
                "line, no flags"
            )
    return [*(["--config-dir", os.fspath(config_dir)] if config_dir else []), *overrides]
