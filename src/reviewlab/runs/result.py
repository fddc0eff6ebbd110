"""The outcome of a run: `result.json`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewlab.runs.files import read_json, write_json

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class RunFacts:
    """Facts of a run before its first step.

    Args:
        run_id: names the experiment.
        configuration_id: names it whatever its seed.
        seed: of initialisation, shuffling and dropout.
        monitor: the metric that chooses the best epoch.
        mode: whether a small value of it is good (`min`) or a large one.
        data_fingerprint: of the content of the data.
        label_names: in the order of the classes.
        majority_label: the commonest of the training split.
        majority_baseline: by split, the metrics of always answering it.
        overrides: what the command line said.
        test_uses: how often the test set was used, this run included if it will.
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
    """Write `result.json`, atomically and with the schema's version first."""
    write_json(folder / "result.json", {"schema_version": SCHEMA_VERSION, **result})


def read_result(folder: Path) -> dict[str, Any]:
    """Read the result that `write_result` wrote, whatever the version that wrote it."""
    result: dict[str, Any] = read_json(folder / "result.json")
    return result


def record_test(folder: Path, metrics: dict[str, float]) -> int:
    """Keep the test metrics in the result and count that the test set was used once more.

    The count shows afterwards where somebody chose among runs by their test metrics. A process that
    comes while another counts waits, so that no use is lost.

    Returns:
        How often the test set was used, this time included.
    """
    from filelock import FileLock  # 20 ms that a reader of results need not pay

    with FileLock(folder / ".result.lock"):
        result = read_result(folder)
        result["test"] = metrics
        result["test_uses"] = result.get("test_uses", 0) + 1
        write_result(folder, result)
    return int(result["test_uses"])
