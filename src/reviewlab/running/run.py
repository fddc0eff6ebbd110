"""Run one experiment: from a checked config to a finished run folder."""

import logging
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import torch

from reviewlab.callbacks import Checkpoints, Heartbeat, Interruption, StopRule, never_stop
from reviewlab.config.build import build_callbacks, build_classifier
from reviewlab.config.experiment import Experiment
from reviewlab.console.logs import Record
from reviewlab.data.module import DataModule
from reviewlab.exceptions import InputError
from reviewlab.models import load_classifier
from reviewlab.models.classifier import ReviewClassifier
from reviewlab.nn.kernels import Choice
from reviewlab.running.facts import describe_device, run_facts
from reviewlab.running.failures import (
    log_early_failure,
    raise_thread_errors,
    record_failure,
)
from reviewlab.running.interactions import interactions
from reviewlab.running.kernel import settle_kernel
from reviewlab.running.rank_start import start_ranks_from
from reviewlab.running.sweep_folder import trial_name
from reviewlab.runs.files import no_empty_parents, readable, write_json
from reviewlab.runs.folder import RunFolder
from reviewlab.runs.identity import hyperparameters, slug
from reviewlab.runs.lock import removed_unless
from reviewlab.runs.provenance import provenance
from reviewlab.runs.result import RunFacts, write_result
from reviewlab.runs.status import State, Status, read_status, write_end, write_status
from reviewlab.training.fit import Training
from reviewlab.training.seeding import seed_initialisation
from reviewlab.training.summary import TrainingResult

log = logging.getLogger(__name__)


class Outcome(NamedTuple):
    """A run that has ended.

    Attributes:
        folder: the run folder.
        facts: facts known before training.
        training: the measurements made in training.
    """

    folder: RunFolder
    facts: RunFacts
    training: TrainingResult


class Parts(NamedTuple):
    """The data and classifier of a run, and the seconds that it took to build them."""

    data: DataModule
    classifier: ReviewClassifier
    seconds: float


def run(
    experiment: Experiment,
    overrides: list[str],
    resume: RunFolder | None = None,
    stop_rule: StopRule = never_stop,
) -> Outcome:
    """Train an experiment in a new folder, or resume it in the folder of an earlier run.

    A new folder is created only once everything is built, so that a mistake leaves nothing behind.

    Args:
        experiment: the experiment to train.
        overrides: the overrides of the command line, recorded in the run folder.
        resume: the folder of the run to resume; None for a new run.
        stop_rule: function that takes an epoch's metrics, and returns None or why to prune the run.

    Raises:
        InputError: something is wrong that the user can fix.
        Interrupted: a signal ended the run. Any other error is also recorded in the run's status.
    """
    with Record() as record, ExitStack() as stack:
        with log_early_failure():
            if resume is not None:
                stack.enter_context(_lock_folder(resume))
            parts = load_parts(experiment)
        folder = resume or stack.enter_context(_claim_folder(experiment, overrides))
        record.keep(folder.log)
        return train_in_folder(experiment, overrides, folder, parts, stop_rule)


def load_parts(experiment: Experiment) -> Parts:
    """Read the data, and build the classifier with weights initialised from the seed."""
    began = time.perf_counter()
    torch.set_num_threads(experiment.threads)
    data = experiment.data.build()
    data.prepare()
    for note in (*data.notes, *interactions(experiment, data.classes)):
        log.info("%s", note)
    seed_initialisation(experiment.seed)
    classifier = build_classifier(experiment, data.facts())
    names, ordinal = data.classes
    classifier.describe(data.text_encoder, names, experiment.as_config(), ordinal)
    classifier.start_from(data)
    return Parts(data, classifier, time.perf_counter() - began)


def make_training(
    experiment: Experiment,
    folder: RunFolder,
    stop_rule: StopRule = never_stop,
    overrides: Sequence[str] = (),
) -> Training:
    """Build the `Training` object that trains an experiment and writes into the run folder.

    Args:
        experiment: the experiment to train.
        folder: the run folder.
        stop_rule: the rule for pruning, as in `run`.
        overrides: the overrides of the command line.
    """
    return Training(
        make_trainer=experiment.trainer.prepare(),
        optimizer=experiment.optimizer.prepare(),
        scheduler=experiment.scheduler.prepare(),
        callbacks=[*build_callbacks(experiment), Heartbeat(folder.path)],
        loggers=[p.build({"run_folder": folder.path}) for p in experiment.loggers.values()],
        folder=folder.path,
        seed=experiment.seed,
        hyperparameters=hyperparameters(experiment.as_config()),
        name=trial_name(folder.path, overrides),
        monitor=experiment.monitor,
        mode=experiment.mode,
        stop_rule=stop_rule,
        shared=folder.shared_in(Path(experiment.outputs)),
    )


def train_in_folder(
    experiment: Experiment,
    overrides: list[str],
    folder: RunFolder,
    parts: Parts,
    stop_rule: StopRule = never_stop,
) -> Outcome:
    """Train, and write all results into the folder.

    Args:
        experiment: the experiment to train.
        overrides: the overrides of the command line, recorded in the run folder.
        folder: the run folder, locked by this process; if it has a `last.ckpt`, the run is resumed.
        parts: the data and classifier.
        stop_rule: the rule for pruning, as in `run`.
    """
    last = folder.last_checkpoint
    facts, status = initial_result(experiment, overrides, folder, parts)
    kernel = settle_kernel(experiment, parts.classifier, folder)
    # Interrupted training saves before it stops; before and after it there is nothing to save.
    # Only what leaves `watch` says reliably whether a signal was the reason.
    with record_failure(folder, status), Interruption(Checkpoints()).watch():
        _write_beginning(experiment, folder, facts, status, kernel)
        training = make_training(experiment, folder, stop_rule, overrides)
        with start_ranks_from(folder), raise_thread_errors():
            result = training.run(
                parts.classifier,
                parts.data,
                resume_from=last if last.exists() else None,
                test=experiment.test,
            )
        result.seconds = {"prepare": parts.seconds, **result.seconds}
        write_result(folder.path, vars(facts) | result.as_json())
        state: State = "done" if result.pruned is None else "pruned"
        write_end(folder.path, status, state, result.pruned)
    return Outcome(folder, facts, result)


def initial_result(
    experiment: Experiment, overrides: list[str], folder: RunFolder, parts: Parts
) -> tuple[RunFacts, Status]:
    """Return the facts known before training, and the status that the run begins with.

    Args:
        experiment: the experiment to train.
        overrides: the overrides of the command line, recorded in the run folder.
        folder: the folder of the run.
        parts: the data and classifier.
    """
    with log_early_failure():
        facts = run_facts(experiment, overrides, folder, parts.data)
        with readable(folder.path / "status.json"):
            return facts, read_status(folder.path).begun()


def _write_beginning(
    experiment: Experiment,
    folder: RunFolder,
    facts: RunFacts,
    status: Status,
    kernel: Choice | None,
) -> None:
    folder.write_config(experiment.as_config())
    origin = provenance(sys.argv, describe_device(experiment))
    request = {"overrides": facts.overrides, "data_fingerprint": facts.data_fingerprint}
    layers = {} if kernel is None else {"kernel": str(kernel)}
    write_json(folder.path / "provenance.json", {**origin, **layers, **request})
    write_status(folder.path, status)  # last: with a status, the run can be resumed


@contextmanager
def _lock_folder(folder: RunFolder) -> Iterator[RunFolder]:
    """Lock the folder of a run to resume; refuse it if its checkpoint is damaged."""
    with folder.held():
        if folder.last_checkpoint.exists():
            load_classifier(folder.last_checkpoint, finite=False)
        yield folder


@contextmanager
def _claim_folder(experiment: Experiment, overrides: list[str]) -> Iterator[RunFolder]:
    """Create and lock a new folder; remove it again after an error that the user can fix.

    After an error of the disk it stays if the run has begun, which can then be resumed.
    """
    parent = Path(experiment.outputs) / "runs"
    name = experiment.name or slug(overrides or ["default"])
    with no_empty_parents(parent / name):
        folder = RunFolder.claim(parent, name)
        with removed_unless(folder.has_begun, folder):
            try:
                yield folder
            except InputError:
                shutil.rmtree(folder.path, ignore_errors=True)
                raise
