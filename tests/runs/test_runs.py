"""Facts about run folders: identity, claims, atomic files, status, result."""

import json
import os
import re
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewlab.exceptions import InputError
from reviewlab.runs.files import atomic_path, read_json, write_json, write_text
from reviewlab.runs.folder import RunFolder
from reviewlab.runs.identity import PLACEMENT, configuration_id, run_id, slug
from reviewlab.runs.provenance import provenance, software
from reviewlab.runs.result import read_result, record_test, write_result
from reviewlab.runs.status import Status, read_status, write_status

CONFIG: dict[str, Any] = {
    "seed": 1,
    "threads": 1,
    "outputs": "/a",
    "data": {"_target_": "x", "source": "/a/b", "seed": 1, "batch_size": 64, "cache_dir": None},
    "optimizer": {"lr": 0.001},
    "trainer": {"accelerator": "cpu", "devices": 1, "precision": "32-true", "max_epochs": 3},
    "logger": {"csv": {}},
}


def changed(key: str, value: Any) -> dict[str, Any]:
    config = json.loads(json.dumps(CONFIG))
    node = config
    *parents, leaf = key.split(".")
    for parent in parents:
        node = node.setdefault(parent, {})
    node[leaf] = value
    return config


@pytest.mark.parametrize("key", PLACEMENT)
def test_where_a_run_happens_is_no_part_of_its_id(key: str) -> None:
    assert run_id(changed(key, "elsewhere"), "f") == run_id(changed(key, "here"), "f")


@pytest.mark.parametrize(
    "key",
    [
        *("seed", "monitor", "mode", "optimizer.lr", "loss.label_smoothing", "model.init"),
        *("data.seed", "data.split_seed", "data.batch_size", "data.text.max_length"),
        *("trainer.precision", "trainer.max_epochs", "trainer.accumulate_grad_batches"),
        "callbacks.early_stopping.patience",
    ],
)
def test_what_a_run_computes_is_part_of_its_id(key: str) -> None:
    assert run_id(changed(key, 77), "f") != run_id(CONFIG, "f")


def test_the_data_count_by_content() -> None:
    assert run_id(CONFIG, "f") != run_id(CONFIG, "g")


def test_a_configuration_is_a_run_without_its_seed() -> None:
    other = changed("seed", 2)
    other["data"]["seed"] = 2
    assert configuration_id(other, "f") == configuration_id(CONFIG, "f")
    assert run_id(other, "f") != run_id(CONFIG, "f")
    assert configuration_id(changed("optimizer.lr", 1.0), "f") != configuration_id(CONFIG, "f")


@given(st.dictionaries(st.text(), st.integers()))
def test_the_order_of_keys_does_not_matter(values: dict[str, int]) -> None:
    reversed_values = dict(reversed(list(values.items())))
    assert run_id(values, "f") == run_id(reversed_values, "f")


@given(st.lists(st.text()))
def test_a_slug_is_a_short_plain_file_name(parts: list[str]) -> None:
    name = slug(parts)
    assert re.fullmatch(r"[A-Za-z0-9._-]{1,80}", name)
    assert name not in {".", ".."} and not name.startswith("-")


def test_runs_of_one_second_never_share_a_folder(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        folders = list(pool.map(lambda _: RunFolder.claim(tmp_path, "lstm").path, range(24)))
    assert len(set(folders)) == 24
    assert all(folder.is_dir() for folder in folders)


HOLDER = """
import sys, time
from pathlib import Path
from reviewlab.runs.folder import RunFolder
with RunFolder(Path(sys.argv[1])).held():
    print("held", flush=True)
    time.sleep(60)
"""


def test_only_one_process_trains_in_a_folder_until_it_has_died(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    arguments = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        told = f"is being trained by process {process.pid} on {socket.gethostname()}; allowed: "
        for _ in range(2):  # the first refusal changes nothing for the second
            with pytest.raises(InputError, match=re.escape(told)), folder.held():
                raise AssertionError
        process.kill()
        process.wait()
    with folder.held():
        assert (tmp_path / ".lock").read_text().startswith(f"process {os.getpid()} ")


def test_a_folder_is_free_again_after_an_error(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    with pytest.raises(RuntimeError), folder.held():
        raise RuntimeError
    with folder.held():
        pass


def test_a_config_comes_back_as_it_was(tmp_path: Path) -> None:
    folder = RunFolder.claim(tmp_path / "new", "run")
    config = {"lr": 1e-05, "text": "café: 'a', [b]=c", "nothing": None, "list": [1, 2.5, True]}
    folder.write_config(config)
    assert RunFolder.open(folder.path).read_config() == config


def test_a_folder_without_a_config_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"resume: .* is not a run folder"):
        RunFolder.open(tmp_path)


def test_a_failed_write_leaves_what_was_there(tmp_path: Path) -> None:
    write_text(tmp_path / "file", "old")
    with pytest.raises(RuntimeError), atomic_path(tmp_path / "file") as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert (tmp_path / "file").read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 1


def test_json_has_no_nan(tmp_path: Path) -> None:
    write_json(tmp_path / "x.json", {"a": [float("nan"), float("-inf"), 1.5], "b": (1, "ü")})
    assert read_json(tmp_path / "x.json") == {"a": [None, None, 1.5], "b": [1, "ü"]}


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


def test_provenance_names_packages_and_command() -> None:
    facts = provenance(["train.py", "seed=1"], "cpu")
    assert facts["argv"] == ["train.py", "seed=1"]
    assert "torch" in facts["packages"]


def git(folder: Path, *arguments: str, patch: str | None = None) -> None:
    known = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", folder, *known, *arguments], input=patch, text=True, check=True)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The source, as it were: a checkout of two files."""
    (tmp_path / "code.py").write_text("one = 1\n")
    (tmp_path / "latin.txt").write_bytes("caf\xe9\n".encode("latin-1"))
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "all")
    monkeypatch.setattr("reviewlab.runs.provenance.SOURCE", tmp_path)
    return tmp_path


def test_what_was_not_committed_can_be_applied_as_a_patch(checkout: Path) -> None:
    (checkout / "code.py").write_text("one = 2\n")
    known = software.__wrapped__()
    assert re.fullmatch("[0-9a-f]{40}", known["commit"])
    git(checkout, "apply", "--reverse", patch=known["diff"])
    assert (checkout / "code.py").read_text() == "one = 1\n"


def test_a_change_in_any_encoding_is_kept_as_well_as_it_can_be(checkout: Path) -> None:
    (checkout / "latin.txt").write_bytes("th\xe9\n".encode("latin-1"))
    assert "+th\ufffd\n" in software.__wrapped__()["diff"]
