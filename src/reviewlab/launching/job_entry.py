"""The entry point of a sweep's job, which trains in a folder that already holds its config.

Jobs with several devices or nodes, and all jobs on Ray, are started by `python -m
reviewlab.launching.job_entry <folder> [overrides]`. All other jobs are forked from a process that
has already imported this module.
"""

import faulthandler
import logging
import os
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import reviewlab.launching.lean  # before torchmetrics is imported

# isort: split
import filelock  # noqa: F401  the lock of a run folder imports it, which takes 20 ms
import omegaconf  # noqa: F401  Lightning's loggers import it, which takes a quarter of a second
import tensorboard.plugins.hparams.summary_v2  # noqa: F401  for the row of settings, 8 ms
import torch.utils.serialization.config  # for the first checkpoint, 2 ms
import torch.utils.tensorboard  # noqa: F401  takes a second, once for all forks

import reviewlab.data.labelled.module
import reviewlab.launching.entry_points  # noqa: F401  read before forking
from reviewlab.callbacks import Interrupted, StopRule, never_stop
from reviewlab.cluster.nodes import node_rank
from reviewlab.config.experiment import Experiment
from reviewlab.console.logs import quiet
from reviewlab.data import demo, imdb, netflix  # noqa: F401  found by name; imported before forking
from reviewlab.exceptions import DISK_FAILURES, InputError
from reviewlab.models import load_classifier
from reviewlab.running import rank_entry
from reviewlab.running.run import run
from reviewlab.runs.files import read_json
from reviewlab.runs.folder import RunFolder
from reviewlab.runs.provenance import software
from reviewlab.runs.status import read_status, write_status
from reviewlab.sweeps.folder import prepare_checks
from reviewlab.sweeps.fork_server import leave_with_the_sweep
from reviewlab.sweeps.outcome import DISK_FAILED
from reviewlab.text import words  # noqa: F401  found by name, too
from reviewlab.training import loggers  # noqa: F401  found by name, too

software()  # takes half a second; cached for all forks
prepare_checks()  # takes 5 ms; cached, too


def main(
    folder: Path,
    overrides: list[str],
    rule_for: Callable[[Path], StopRule] = lambda folder: never_stop,
) -> None:
    """Train or resume the run in a folder; the exit code and `status.json` report the outcome.

    Args:
        folder: the run folder, with its config.
        overrides: the overrides that the sweep sets for the job; recorded with its results.
        rule_for: function of a run folder; it returns the rule for stopping that run early.
    """
    run_folder = RunFolder(folder)
    quiet()
    try:
        _redirect_output(run_folder.log)
        _drop_damaged_files(run_folder)
        stop_rule = rule_for(folder)
        experiment = Experiment.from_config(run_folder.read_config())
        run(experiment, overrides, run_folder, stop_rule)
    except Interrupted as interrupted:
        sys.exit(128 + interrupted.number)
    except Exception as error:
        if isinstance(error, OSError) and error.errno in DISK_FAILURES:
            with suppress(OSError):
                _record_failure(folder, error)
            sys.exit(DISK_FAILED)
        if _record_failure(folder, error):
            logging.getLogger(__name__).error("failed: %s", error)
        sys.exit(2 if isinstance(error, InputError) else 1)


def _redirect_output(log: Path) -> None:
    """Send all output, including the traceback of a crash, to the run's log."""
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(file, stream)
    os.close(file)
    faulthandler.enable(2)


def _drop_damaged_files(folder: RunFolder) -> None:
    """Delete files that an earlier attempt left damaged; every new attempt would fail on them."""
    for name in ("result.json", "provenance.json"):
        with suppress(FileNotFoundError):
            try:
                read_json(folder.path / name)
            except ValueError:
                (folder.path / name).unlink()
    if folder.last_checkpoint.exists():
        try:
            load_classifier(folder.last_checkpoint, finite=False)
        except InputError as error:
            logging.getLogger(__name__).warning("%s; training starts from the beginning", error)
            folder.last_checkpoint.unlink()


def _record_failure(folder: Path, error: Exception) -> bool:
    """Record an error in the status; return False if the run has already recorded it."""
    status = read_status(folder)
    if status.state in ("failed", "done") and status.pid == os.getpid():
        return False
    reason = str(error) if isinstance(error, InputError) else traceback.format_exc()
    write_status(folder, status.begun().finished("failed", reason))
    return True


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # as in a forked job
    leave_with_the_sweep()
    if node_rank() == 0:
        main(Path(sys.argv[1]), sys.argv[2:])
    else:
        _redirect_output(RunFolder(Path(sys.argv[1])).log)
        rank_entry.main()
