"""The result of a run: `result.json`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewlab.runs.files import read_json, write_json

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class RunFacts:
    """Facts of a run that are known before its first step.

    Args:
        run_id: hash that identifies the experiment.
        configuration_id: hash that identifies the experiment without its seed.
        seed: random seed for initialisation, shuffling and dropout.
        monitor: the metric that selects the best epoch.
        mode: `min` if smaller values of `monitor` are better, `max` if larger ones are.
        data_fingerprint: digest of the data's content.
        label_names: class names, in order.
        majority_label: the most frequent label of the training split.
        majority_baseline: for each split, the metrics of always predicting `majority_label`.
        overrides: the run's command-line overrides.
        test_uses: how often the test set has been used, counting this run if it will use it.
    """

    run_id: str
    configuration_id: str
    seed: int
    monitor: str
    mode: str
    data_fingerprint: str
    label_names: list[str]
    majority_label: str
    majority_baseline: dict[str, dict[str, float]]
    overrides: list[str]
    test_uses: int


def write_result(folder: Path, result: Mapping[str, Any]) -> None:
    """Write `result.json` atomically, with the schema's version first."""
    write_json(folder / "result.json", {"schema_version": SCHEMA_VERSION, **result})


def read_result(folder: Path) -> dict[str, Any]:
    """Read a result that any version of `write_result` wrote.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is damaged.
    """
    result = read_json(folder / "result.json")
    if not isinstance(result, dict):
        raise ValueError("it is not an object")
    return result


def record_test(folder: Path, metrics: dict[str, float]) -> int:
    """Store the test metrics in the result, and count one more use of the test set.

    The count reveals whether runs may have been selected by their test metrics. A lock makes sure
    that no use is lost when two processes count at once.

    Returns:
        How often the test set has been used, counting this time.
    """
    from filelock import FileLock  # takes 20 ms, which reading a result does not need

    with FileLock(folder / ".result.lock"):
        result = read_result(folder)
        result["test"] = metrics
        result["test_uses"] = result.get("test_uses", 0) + 1
        write_result(folder, result)
    return int(result["test_uses"])
