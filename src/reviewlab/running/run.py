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
from reviewlab.data.datamodule import ReviewDataModule
from reviewlab.data.reviews import Classes
from reviewlab.exceptions import InputError
from reviewlab.models import load_classifier
from reviewlab.models.classifier import ReviewClassifier
from reviewlab.running.facts import describe_device, run_facts
from reviewlab.running.failures import log_early_failure, record_failure
from reviewlab.running.rank_start import start_ranks_from
from reviewlab.running.sweep_folder import trial_name
from reviewlab.runs.files import readable, write_json
from reviewlab.runs.folder import RunFolder
from reviewlab.runs.identity import hyperparameters, slug
from reviewlab.runs.provenance import provenance
from reviewlab.runs.result import RunFacts, write_result
from reviewlab.runs.status import State, Status, read_status, write_end, write_status
from reviewlab.training.fit import Training
from reviewlab.training.seeding import seed_initialisation
from reviewlab.training.summary import TrainingResult

log = logging.getLogger(__name__)

FAST = 3e-4
"""A learning rate above which fine-tuning usually forgets what an encoder has learned."""


class Outcome(NamedTuple):
    """A run that has ended.

    folder: where everything is that came of it.
    facts: what was known of it before the first step.
    training: what its training measured.
    """

    folder: RunFolder
    facts: RunFacts
    training: TrainingResult


class Parts(NamedTuple):
    """The data and the classifier of a run, built before it has a folder."""

    data: ReviewDataModule
    classifier: ReviewClassifier
    seconds: float


def run(
    experiment: Experiment,
    overrides: list[str],
    resume: RunFolder | None = None,
    stop_rule: StopRule = never_stop,
) -> Outcome:
    """Train in a folder of its own, or go on training in the one that is resumed.

    The folder is made only when the data have been read and everything is built, so that a mistake
    leaves nothing behind.

    Args:
        experiment: what to train.
        overrides: what the command line said about it, for the record.
        resume: the folder to go on in; None for a new one.
        stop_rule: given each epoch's metrics, returns why the run is to stop (it is `pruned` then),
            or None.

    Raises:
        InputError: something a person can mend.
        Interrupted: a signal ended the run. Any other error is in the run's status as well.
    """
    with Record() as record, ExitStack() as stack:
        if resume is not None:
            stack.enter_context(_held(resume))
        with log_early_failure():
            parts = load_parts(experiment)
        folder = resume or stack.enter_context(_claimed(experiment, overrides))
        record.keep(folder.log)
        return train_in_folder(experiment, overrides, folder, parts, stop_rule)


def load_parts(experiment: Experiment) -> Parts:
    """Read the data and build the classifier, with the seed that its weights follow from."""
    began = time.perf_counter()
    torch.set_num_threads(experiment.threads)
    data = experiment.data.build()
    data.prepare()
    for note in (*data.notes, *_notes(experiment, data.classes)):
        log.info("%s", note)
    seed_initialisation(experiment.seed)
    classifier = build_classifier(experiment, data.facts())
    names, ordinal = data.classes
    classifier.describe(data.text, names, experiment.as_config(), ordinal)
    classifier.start_from(data)
    return Parts(data, classifier, time.perf_counter() - began)


def make_training(
    experiment: Experiment,
    folder: RunFolder,
    stop_rule: StopRule = never_stop,
    overrides: Sequence[str] = (),
) -> Training:
    """Build what trains, with everything that writes pointed at the folder.

    Args:
        experiment: what to train.
        folder: of the run.
        stop_rule: as for `run`.
        overrides: what the command line said about it.
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
    """Train, and leave everything that came of it in the folder.

    Args:
        experiment: what to train.
        overrides: what the command line said about it.
        folder: held by this process; a `last.ckpt` in it is gone on with.
        parts: of the experiment, with the data read.
        stop_rule: as for `run`.
    """
    last = folder.last_checkpoint
    facts, status = initial_result(experiment, overrides, folder, parts)
    # The training saves before it stops; what comes before and after it has nothing to save.
    with Interruption(Checkpoints()).watch(), record_failure(folder, status):
        _write_beginning(experiment, folder, facts, status)
        training = make_training(experiment, folder, stop_rule, overrides)
        with start_ranks_from(folder):
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
    """Return what is known of a run before its first step, and the status to begin with."""
    with log_early_failure():
        facts = run_facts(experiment, overrides, folder, parts.data)
        with readable(folder.path / "status.json"):
            return facts, read_status(folder.path).begun()


def _write_beginning(
    experiment: Experiment, folder: RunFolder, facts: RunFacts, status: Status
) -> None:
    folder.write_config(experiment.as_config())
    write_status(folder.path, status)
    origin = provenance(sys.argv, describe_device(experiment))
    request = {"overrides": facts.overrides, "data_fingerprint": facts.data_fingerprint}
    write_json(folder.path / "provenance.json", {**origin, **request})


def _notes(experiment: Experiment, classes: Classes) -> Iterator[str]:
    """Yield what a person should know of settings that meet."""
    chosen = [part for part in experiment.callbacks.values() if part is not None]
    if len(build_callbacks(experiment)) < len(chosen):
        yield "nothing is held out: early stopping is off, every epoch is trained"
    weighted = experiment.loss.value("class_weight") == "balanced"
    if experiment.data.value("balanced") and weighted:
        yield (
            "data.balanced=true and loss.class_weight=balanced: each evens out the classes; "
            "rare ones count twice over"
        )
    rate = experiment.optimizer.value("lr", 0.0)
    encoder = experiment.model.name == "PretrainedClassifier"
    if encoder and experiment.model.value("train") == "all" and rate > FAST:
        yield (
            f"optimizer.lr={rate:g} is large for all weights of a pretrained encoder; "
            "experiment=fine_tuning has 5e-5 and a warm-up"
        )
    if experiment.loss.name == "MSE" and not classes.ordinal and len(classes.names) > 2:
        yield (
            f"loss=mse takes the classes {', '.join(classes.names)} as numbers in this order; "
            "where the order means nothing, loss=cross_entropy is the right one"
        )


@contextmanager
def _held(folder: RunFolder) -> Iterator[RunFolder]:
    """Hold a folder that is resumed; one with a damaged checkpoint is refused."""
    with folder.held():
        if folder.last_checkpoint.exists():
            load_classifier(folder.last_checkpoint)
        yield folder


@contextmanager
def _claimed(experiment: Experiment, overrides: list[str]) -> Iterator[RunFolder]:
    """Make and hold a new folder; it is gone again after a mistake that a person can mend."""
    name = experiment.name or slug(overrides or ["default"])
    try:
        folder = RunFolder.claim(Path(experiment.outputs) / "runs", name)
    except OSError as error:
        raise InputError(
            f"outputs: {experiment.outputs!r}: {error.strerror}; allowed: a folder that can be "
            "made and written"
        ) from error
    with folder.held():
        try:
            yield folder
        except InputError:
            shutil.rmtree(folder.path)
            raise
