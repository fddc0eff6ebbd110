"""What came out of a run: `result.json`."""

from pathlib import Path
from typing import Any

from reviewlab.runs.files import read_json, write_json

SCHEMA_VERSION = 1


def write_result(folder: Path, result: dict[str, Any]) -> None:
    """Write `result.json`, atomically and with the schema's version first."""
    write_json(folder / "result.json", {"schema_version": SCHEMA_VERSION, **result})


def read_result(folder: Path) -> dict[str, Any]:
    """The result that `write_result` wrote."""
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
