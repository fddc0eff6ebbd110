"""The status and the result of a run, in files."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from reviewlab.runs.result import read_result, record_test, write_result
from reviewlab.runs.status import Status, read_status, write_status


def test_a_status_tells_attempts_and_ends(tmp_path: Path) -> None:
    assert read_status(tmp_path) == Status("queued")
    first = read_status(tmp_path).begun()
    write_status(tmp_path, first.finished("failed", "ValueError: no"))
    second = read_status(tmp_path).begun()
    assert (second.state, second.attempts, second.error) == ("running", 2, None)
    assert read_status(tmp_path).error == "ValueError: no"
    assert first.started is not None and first.ended is None


def test_every_look_at_the_test_set_is_counted(tmp_path: Path) -> None:
    write_result(tmp_path, {"run_id": "abc"})
    assert record_test(tmp_path, {"test/loss": 0.5}) == 1
    assert record_test(tmp_path, {"test/loss": 0.4}) == 2
    result = read_result(tmp_path)
    assert (result["test"], result["test_uses"]) == ({"test/loss": 0.4}, 2)
    assert result["schema_version"] == 1


def test_no_look_at_the_test_set_is_lost_where_many_look_at_once(tmp_path: Path) -> None:
    write_result(tmp_path, {})
    with ThreadPoolExecutor(8) as pool:
        counts = pool.map(lambda _: record_test(tmp_path, {}), range(40))
    assert sorted(counts) == [*range(1, 41)]
    assert read_result(tmp_path)["test_uses"] == 40
