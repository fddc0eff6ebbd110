"""Carries out one run: from a resolved config to a run folder that says what came out."""

import logging
import shutil
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any, NamedTuple

import torch

from reviewlab.callbacks import Checkpoints, Interrupted, Interruption, Verdict
from reviewlab.config import build
from reviewlab.console.commands import python, shell_path
from reviewlab.console.logs import Record
from reviewlab.data.datamodule import ReviewDataModule
from reviewlab.exceptions import UNWRITABLE, InputError, single_line
from reviewlab.models import load_classifier
from reviewlab.models.classifier import ReviewClassifier
from reviewlab.running.facts import device, facts, history
from reviewlab.running.rank_entry import ranks_read
from reviewlab.runs.files import readable, write_json
from reviewlab.runs.folder import RunFolder
from reviewlab.runs.identity import hyperparameters, slug
from reviewlab.runs.provenance import provenance
from reviewlab.runs.result import write_result
from reviewlab.runs.status import Status, read_status, write_status
from reviewlab.training.fit import Training, never
from reviewlab.training.seeding import seed_initialisation

log = logging.getLogger(__name__)


class Outcome(NamedTuple):
    """A run that has ended: its folder, and what stands in its `result.json`."""

    folder: RunFolder
    result: dict[str, Any]


class Parts(NamedTuple):
    """What a run is made of before it has a folder: built from the config, with the data read."""

    data: ReviewDataModule
    classifier: ReviewClassifier
    seconds: float


def run(
    config: dict[str, Any],
    overrides: list[str],
    resume: RunFolder | None = None,
    verdict: Verdict = never,
) -> Outcome:
    """Train as `config` says, in a folder of its own or on in the one that is resumed.

    The folder is made only when the data have been read and everything is built, so that a mistake
    leaves nothing behind.

    verdict: hears each epoch's metrics, and may say why the run is to stop: it is `pruned` then.
    Raises: InputError for what a person can mend, Interrupted when a signal ended the run; any
        other error is in the status as well.
    """
    with Record() as record, ExitStack() as alone:
        if resume is not None:
            alone.enter_context(resume.held())
            if resume.last_checkpoint.exists():
                load_classifier(resume.last_checkpoint)  # refuses a damaged one
        with _never_silent():
            parts = prepare(config)
        folder = resume or _claim(config, overrides)
        if resume is None:
            alone.enter_context(folder.held())
        record.keep(folder.log)
        try:
            return Outcome(folder, _carry_out(config, overrides, folder, parts, verdict))
        except InputError:
            if resume is None:
                shutil.rmtree(folder.path)
            raise


def _claim(config: dict[str, Any], overrides: list[str]) -> RunFolder:
    name = config["name"] or slug(overrides or ["default"])
    try:
        return RunFolder.claim(Path(config["outputs"]) / "runs", name)
    except OSError as error:
        raise InputError(
            f"outputs: {config['outputs']!r}: {error.strerror}; allowed: a folder that can be "
            "made and written"
        ) from error


def prepare(config: dict[str, Any]) -> Parts:
    """Read the data and build the classifier, with the seed that its weights follow from."""
    began = time.perf_counter()
    torch.set_num_threads(config["threads"])
    data = build.datamodule(config)
    data.prepare()
    for note in data.notes:
        log.info("%s", note)
    if len(build.callbacks(config)) < sum(map(bool, config["callbacks"].values())):
        log.info("nothing is held out: early stopping is off, every epoch is trained")
    if config["data"].get("balanced") and config["loss"].get("class_weight") == "balanced":
        log.info(
            "data.balanced=true and loss.class_weight=balanced: each evens out the classes; "
            "rare ones count twice over"
        )
    seed_initialisation(config["seed"])
    classifier = build.classifier(config, data.facts())
    classifier.describe(data.text, data.label_names, config)
    return Parts(data, classifier, time.perf_counter() - began)


def begin(config: dict[str, Any], folder: RunFolder, verdict: Verdict = never) -> Training:
    """What trains, with everything that writes pointed at the folder."""
    return Training(
        make_trainer=build.trainer(config),
        optimizer=build.optimizer(config),
        scheduler=build.scheduler(config),
        callbacks=build.callbacks(config),
        loggers=[build.logger(config, folder.path)],
        folder=folder.path,
        seed=config["seed"],
        hyperparameters=hyperparameters(config),
        monitor=config["monitor"],
        mode=config["mode"],
        verdict=verdict,
    )


def _carry_out(
    config: dict[str, Any],
    overrides: list[str],
    folder: RunFolder,
    parts: Parts,
    verdict: Verdict,
) -> dict[str, Any]:
    last = folder.last_checkpoint
    known, status = _known(config, overrides, folder, parts)
    # The training saves before it stops; what comes before and after it has nothing to save.
    with Interruption(Checkpoints()).watch(), _told(folder, status):
        folder.write_config(config)
        write_status(folder.path, status)
        kept = {key: known[key] for key in ("overrides", "data_fingerprint")}
        came_from = provenance(sys.argv, device(config)) | kept
        write_json(folder.path / "provenance.json", came_from)
        training = begin(config, folder, verdict)
        with ranks_read(folder):
            measured = training.run(
                parts.classifier,
                parts.data,
                resume_from=last if last.exists() else None,
                test=config["test"],
            )
        pruned = measured.pop("pruned")
        seconds = {"prepare": parts.seconds, **measured.pop("seconds")}
        result = {**known, **measured, "seconds": seconds}
        write_result(folder.path, result)
        write_status(folder.path, status.finished("pruned" if pruned else "done", pruned))
    return result


def _known(
    config: dict[str, Any], overrides: list[str], folder: RunFolder, parts: Parts
) -> tuple[dict[str, Any], Status]:
    """What of the result is known before the first step, and the status to begin with."""
    with _never_silent():
        known = facts(config, parts.data)
        known |= history(folder, overrides, known["data_fingerprint"], test=config["test"])
        with readable(folder.path / "status.json"):
            return known, read_status(folder.path).begun()


@contextmanager
def _never_silent() -> Iterator[None]:
    """Say in one line what broke before there is a status that could tell."""
    try:
        yield
    except (InputError, OSError, Interrupted):
        raise  # said by whoever called
    except Exception as error:
        reason = single_line(str(error))
        log.error("failed: %s: %s; debug=traceback shows where", type(error).__name__, reason)
        raise


def _reason(folder: RunFolder) -> str:
    """The traceback of what went wrong: here, or in the rank whose end broke this one."""
    own = traceback.format_exc()
    if not folder.rank_error.exists():
        return own
    said = folder.rank_error.read_text(encoding="utf-8")
    folder.rank_error.unlink()
    return f"{own}\nbecause another rank had failed:\n{said}"


@contextmanager
def _told(folder: RunFolder, status: Status) -> Iterator[None]:
    """Let the status, and a person, know how the run ends when it does not end well."""
    try:
        yield
    except Interrupted as interrupted:
        write_status(folder.path, status.finished("preempted", str(interrupted)))
        log.info("%s; go on: %s resume=%s", interrupted, python("train"), shell_path(folder.path))
        raise
    except InputError as error:
        write_status(folder.path, status.finished("failed", str(error)))
        raise
    except BaseException as error:
        full = isinstance(error, OSError) and error.errno in UNWRITABLE
        with suppress(OSError) if full else nullcontext():
            write_status(folder.path, status.finished("failed", _reason(folder)))
        if isinstance(error, OSError) and full:
            raise OSError(error.errno, error.strerror, error.filename or folder.path) from error
        log.exception("failed: %s: %s; see %s", type(error).__name__, error, folder.log)
        raise
