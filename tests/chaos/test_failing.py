"""The library lets exactly the chosen calls fail."""

import errno
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.chaos.failing import SHORT, Counter, Fault, build

CALLS = """
import json, os, sys
from pathlib import Path

folder = Path(sys.argv[1])
descriptor = -1

def opened():
    global descriptor
    descriptor = os.open(folder / "a", os.O_WRONLY | os.O_CREAT)

calls = {
    "mkdir": lambda: (folder / "new").mkdir(),
    "open": opened,
    "write": lambda: os.write(descriptor, b"1234"),
    "fsync": lambda: os.fsync(descriptor),
    "link": lambda: os.link(folder / "a", folder / "b"),
    "rename": lambda: os.rename(folder / "b", folder / "c"),
}
ended = {}
for name, call in calls.items():
    (folder.parent / "elsewhere").write_text(name)
    (folder / "a").exists() and (folder / "a").read_bytes()
    try:
        ended[name] = call()
    except OSError as error:
        ended[name] = error.errno
        descriptor = descriptor if name != "open" else os.open("/dev/null", os.O_WRONLY)
print(json.dumps(ended))
"""
WELL = {"mkdir": None, "open": None, "write": 4, "fsync": None, "link": None, "rename": None}

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("cc") is None, reason="needs Linux and a C compiler"
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("library"))


def ends(library: Path, tmp_path: Path, fault: Fault) -> tuple[dict[str, int | None], Counter]:
    (tmp_path / "below").mkdir()
    counter = Counter(tmp_path / "counter", tmp_path / "below", fault)
    done = subprocess.run(
        [sys.executable, "-c", CALLS, str(tmp_path / "below")],
        env={**os.environ, "LD_PRELOAD": str(library), **counter.environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout), counter


def test_all_calls_are_counted_and_listed(library: Path, tmp_path: Path) -> None:
    ended, counter = ends(library, tmp_path, Fault())
    assert ended == WELL
    assert counter.count == len(WELL)
    assert [line.split()[:2] for line in counter.failed] == [
        [str(number), name] for number, name in enumerate(WELL, start=1)
    ]


@pytest.mark.parametrize("number", range(1, len(WELL) + 1))
def test_one_call_fails(library: Path, tmp_path: Path, number: int) -> None:
    ended, counter = ends(library, tmp_path, Fault(number, number, errno.ESTALE))
    name = [*WELL][number - 1]
    assert ended[name] == errno.ESTALE
    [line] = counter.failed
    assert line.startswith(f"{number} {name} {tmp_path}/below/")


def test_a_write_is_cut_short(library: Path, tmp_path: Path) -> None:
    ended, _ = ends(library, tmp_path, Fault(3, 3, SHORT))
    assert ended == {**WELL, "write": 2}
    shutil.rmtree(tmp_path / "below")
    assert ends(library, tmp_path, Fault(1, 2, SHORT))[0] == WELL


def test_all_calls_from_one_on_fail(library: Path, tmp_path: Path) -> None:
    ended, counter = ends(library, tmp_path, Fault(3, 100, errno.EROFS))
    assert ended == {**WELL, **dict.fromkeys(["write", "fsync", "link", "rename"], errno.EROFS)}
    assert len(counter.failed) == 4
