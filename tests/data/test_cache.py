"""Encoded reviews on disk: built once, complete or not at all, and always checked."""

import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from reviewlab.data import cache, file_facts
from reviewlab.data.cache import Encoded, cache_folder, digest, open_or_build, writing
from reviewlab.data.corpus import Corpus
from reviewlab.exceptions import InputError

HERE = Path(__file__).parent


@pytest.fixture(autouse=True)
def fresh_files(monkeypatch):
    """The files of a test are too new for their facts to be recorded, even on a slow machine."""
    monkeypatch.setattr(file_facts, "SETTLED", float("inf"))


def build(folder, reviews=3):
    ids, offsets = np.arange(reviews, dtype=np.int32), np.arange(reviews + 1)
    with writing(folder.parent):
        sizes = {"train": Corpus.write(folder, "train", [(ids, offsets)], np.zeros(reviews, int))}
    corpora = {"train": Corpus.open(folder, "train", sizes["train"])}
    return Encoded(corpora, sizes, {"words": "a b"}, ["noticed"])


def never(folder):
    raise AssertionError("built again")


def test_an_entry_is_built_once_and_then_opened(tmp_path):
    first = open_or_build(str(tmp_path), "key", build)
    again = open_or_build(str(tmp_path), "key", never)
    for encoded in (first, again):
        assert encoded.learned == {"words": "a b"}
        assert encoded.notes == ["noticed"]
        assert encoded.corpora["train"].ids.tolist() == [0, 1, 2]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["key", "key.lock"]


def damage_truncate(entry):
    (entry / "train.ids").write_bytes(b"\x01\x00")


def damage_empty(entry):
    (entry / "train.offsets").write_bytes(b"")


def damage_missing(entry):
    (entry / "train.labels").unlink()


def damage_ids_of_the_same_length(entry):
    (entry / "train.ids").write_bytes(np.array([0, 7, 2], "<i4").tobytes())


def damage_labels_of_the_same_length(entry):
    (entry / "train.labels").write_bytes(b"\xff" * 24)


def damage_what_was_learned(entry):
    text = (entry / "entry.json").read_text()
    (entry / "entry.json").write_text(text.replace("a b", "a c"))


def damage_checksums(entry):
    (entry / "checksums.json").unlink()


def damage_garbage(entry):
    (entry / "entry.json").write_text("{not json")


def damage_other_json(entry):
    (entry / "entry.json").write_text(json.dumps({"sizes": [1, 2]}))


def damage_binary(entry):
    (entry / "entry.json").write_bytes(b"\xff\xfe\x00")


def damage_half(entry):
    (entry / "entry.json").unlink()


def damage_file(entry):
    for file in entry.iterdir():
        file.unlink()
    entry.rmdir()
    entry.write_text("a file where the folder was")


@pytest.mark.parametrize(
    "damage", [value for name, value in sorted(globals().items()) if name.startswith("damage_")]
)
def test_a_dead_entry_is_built_anew(tmp_path, damage, caplog):
    open_or_build(str(tmp_path), "key", build)
    damage(tmp_path / "key")
    assert open_or_build(str(tmp_path), "key", build).corpora["train"].ids.tolist() == [0, 1, 2]
    assert "damaged" in caplog.text
    assert open_or_build(str(tmp_path), "key", never).notes == ["noticed"]


def test_a_build_that_fails_leaves_nothing(tmp_path):
    def fail(folder):
        build(folder)
        raise InputError("data.source: unusable")

    with pytest.raises(InputError, match="unusable"):
        open_or_build(str(tmp_path), "key", fail)
    assert [p.name for p in tmp_path.iterdir()] == ["key.lock"]


def test_an_error_of_the_source_is_not_blamed_on_the_cache(tmp_path):
    def fail(folder):
        raise PermissionError(13, "Permission denied", "reviews.csv")

    with pytest.raises(PermissionError):
        open_or_build(str(tmp_path), "key", fail)


def test_what_a_killed_process_left_is_swept_away(tmp_path):
    (tmp_path / ".key.0123abcd.tmp").mkdir()
    (tmp_path / ".key.0123abcd.tmp" / "train.ids").write_bytes(b"half")
    open_or_build(str(tmp_path), "key", build)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["key", "key.lock"]


def slow_build(folder):
    with (folder.parent.parent / "builds").open("a") as file:
        file.write("once\n")
    time.sleep(0.3)
    return build(folder)


def start(folder):
    open_or_build(folder, "key", slow_build)


def test_two_cold_starts_at_the_same_moment_build_once(tmp_path):
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); import test_cache;"
        "test_cache.start(sys.argv[2])"
    )
    command = [sys.executable, "-c", script, str(HERE), str(tmp_path / "cache")]
    processes = [subprocess.Popen(command) for _ in range(2)]
    assert [process.wait(60) for process in processes] == [0, 0]
    assert (tmp_path / "builds").read_text() == "once\n"


ON_A_FULL_DISK = """
import resource, signal, sys
sys.path.insert(0, sys.argv[1])
import test_cache
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    test_cache.open_or_build(sys.argv[2], "key", lambda folder: test_cache.build(folder, 10_000))
except test_cache.InputError as error:
    print(error)
"""


def test_a_full_disk_is_one_line_and_leaves_nothing(tmp_path):
    # No file may grow beyond 20 kB there, so write() fails as on a full disk.
    command = [sys.executable, "-c", ON_A_FULL_DISK, str(HERE), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    (line,) = done.stdout.splitlines()
    assert line.startswith(f"data.cache_dir: '{tmp_path}' cannot be written (")
    assert "REVIEWLAB_CACHE" in line
    assert [p.name for p in tmp_path.iterdir()] == ["key.lock"]


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=r"data\.cache_dir: .*file/below' cannot be written"):
        open_or_build(str(tmp_path / "file" / "below"), "key", build)


def test_the_folder_is_the_argument_then_the_environment_then_home(tmp_path, monkeypatch):
    monkeypatch.setenv("REVIEWLAB_CACHE", str(tmp_path / "environment"))
    assert cache_folder(str(tmp_path / "given")) == tmp_path / "given"
    assert cache_folder(None) == tmp_path / "environment"
    monkeypatch.delenv("REVIEWLAB_CACHE")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder(None) == tmp_path / ".cache" / "reviewlab"


def test_a_cache_in_the_home_folder_is_said_as_a_person_would(tmp_path, monkeypatch, caplog):
    caplog.set_level("INFO")
    monkeypatch.setenv("HOME", str(tmp_path))
    for _ in range(2):
        open_or_build(str(tmp_path / "kept"), "key", build)
    assert "encoded reviews found in ~/kept/key" in caplog.messages


def test_the_code_of_sub_packages_counts_and_what_only_writes_does_not(tmp_path, monkeypatch):
    monkeypatch.setattr(cache, "__file__", str(tmp_path / "data" / "cache.py"))
    (tmp_path / "data" / "tables").mkdir(parents=True)
    digests = set()
    for name in ("text/a.py", "data/a.py", "data/tables/a.py", "data/tables/loader.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
        digests.add(cache._code.__wrapped__())
    assert len(digests) == 4
    for name in ("data/loader.py", "data/tables/writers.py", "data/tables/__init__.py"):
        (tmp_path / name).write_text("")
        assert cache._code.__wrapped__() in digests


def test_the_key_depends_on_parts_and_code(monkeypatch):
    parts = {"source": "abc", "split": {"validation": 0.2}}
    assert digest(parts) == digest(dict(reversed(parts.items())))
    assert digest(parts) != digest({**parts, "source": "abd"})
    before = digest(parts)
    monkeypatch.setattr(cache, "_code", lambda: "another version")
    assert digest(parts) != before
