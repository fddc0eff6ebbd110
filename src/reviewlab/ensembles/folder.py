"""Write an ensemble as a folder like a run's, with a checkpoint, a config and a result."""

import hashlib
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypedDict

from reviewlab import dotted
from reviewlab.callbacks.checkpoints import AtomicCheckpointIO
from reviewlab.ensembles.candidates import Candidate
from reviewlab.ensembles.ensemble import Ensemble
from reviewlab.models.ensemble import EnsembleClassifier, combine
from reviewlab.models.exported import make_checkpoint
from reviewlab.models.loading import load_classifier
from reviewlab.runs.files import readable, write_json
from reviewlab.runs.folder import MEMBERS, RunFolder
from reviewlab.runs.identity import SEEDS, Config
from reviewlab.runs.provenance import provenance
from reviewlab.runs.result import write_result
from reviewlab.runs.status import Status, write_status

TARGET = f"reviewlab.models.{EnsembleClassifier.__name__}"


class Member(TypedDict):
    """A run in an ensemble, as written to `members.json`.

    Attributes:
        run: the run's folder.
        run_id: the run's id, from its result.
        weight: the run's weight in the mean.
    """

    run: str
    run_id: str
    weight: int


def write_ensemble(
    ensemble: Ensemble, candidates: Sequence[Candidate], outputs: Path, name: str
) -> RunFolder:
    """Load the members, and write them as one checkpoint into a new folder.

    Args:
        ensemble: the selected runs and their measurements.
        candidates: the runs from which the ensemble was selected.
        outputs: the folder of all runs; the ensemble is written to its subfolder `ensembles/`.
        name: the name of the ensemble.

    Raises:
        InputError: a member's checkpoint cannot be loaded, or the folder cannot be created.
    """
    runs = [candidates[number] for number in ensemble.weights]
    members = [
        Member(run=str(run.folder), run_id=str(run.result["run_id"]), weight=weight)
        for run, weight in zip(runs, ensemble.weights.values(), strict=True)
    ]
    classifier = _load(runs, members)
    config = _describe([_read_config(run.folder) for run in runs], members)
    folder = RunFolder.claim(outputs / "ensembles", name)
    try:
        _save(classifier, folder)
        write_result(folder.path, _result(ensemble, runs, members, classifier))
        write_status(folder.path, Status("queued").begun().finished("done"))
        write_json(
            folder.path / "provenance.json", {**provenance(sys.argv, "cpu"), "overrides": []}
        )
        write_json(folder.path / MEMBERS, members)
        folder.write_config({**config, "name": name})
    except BaseException:
        shutil.rmtree(folder.path, ignore_errors=True)
        raise
    return folder


def _load(runs: Sequence[Candidate], members: Sequence[Member]) -> EnsembleClassifier:
    """Load the runs' best checkpoints into one classifier, with the first run's data config."""
    best = [load_classifier(RunFolder(run.folder).best_checkpoint) for run in runs]
    weights = {one: member["weight"] for one, member in zip(best, members, strict=True)}
    return combine(weights, {"data": best[0].config.get("data", {}), "members": [*members]})


def _read_config(folder: Path) -> Config:
    with readable(folder / "config.yaml", "folder"):
        return RunFolder(folder).read_config()


def _describe(configs: Sequence[Config], members: Sequence[Member]) -> Config:
    """Return an ensemble's config: the members' common settings, their run ids and weights."""
    shared = _common(configs)
    for key in SEEDS:  # the seeds: an ensemble does not repeat a member with another seed
        dotted.drop(shared, key)
    names = [f"{member['weight']}x {member['run_id']}" for member in members]
    return {**shared, "model": {"_target_": TARGET, "members": names}}


def _common(configs: Sequence[Config]) -> Config:
    """Return the settings that have the same value in all configs."""
    first, *others = configs
    shared: Config = {}
    for key, value in first.items():
        values = [value, *(other.get(key) for other in others)]
        if all(isinstance(one, dict) for one in values):
            shared[key] = _common(values)
        elif all(one == value for one in values):
            shared[key] = value
    return shared


def _save(classifier: EnsembleClassifier, folder: RunFolder) -> None:
    AtomicCheckpointIO().save_checkpoint(make_checkpoint(classifier), folder.best_checkpoint)


def _result(
    ensemble: Ensemble,
    runs: Sequence[Candidate],
    members: Sequence[Member],
    classifier: EnsembleClassifier,
) -> dict[str, Any]:
    """Return the content of the ensemble's `result.json`, with the fields of a run's result.

    Facts about the data are taken from the first member.

    Args:
        ensemble: the ensemble's measurements.
        runs: the selected runs.
        members: the selected runs, as written to `members.json`.
        classifier: the ensemble's classifier.
    """
    ids_and_weights = str([(member["run_id"], member["weight"]) for member in members])
    identity = hashlib.sha256(ids_and_weights.encode()).hexdigest()[:12]
    data_facts = ("data_fingerprint", "label_names", "majority_label", "majority_baseline")
    return {
        "run_id": identity,
        "configuration_id": identity,
        **{name: runs[0].result[name] for name in data_facts},
        "overrides": [],
        "test_uses": 0,
        "best": {"val/accuracy": ensemble.score.accuracy, "val/loss": ensemble.score.loss},
        "curves": [],
        "parameters": sum(parameter.numel() for parameter in classifier.parameters()),
        "seconds": {"train": sum(run.result["seconds"]["train"] for run in runs)},
        "flags": [],
        "ahead_of_best_run": ensemble.ahead,
        "interval": ensemble.interval,
    }
