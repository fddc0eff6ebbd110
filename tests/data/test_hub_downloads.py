"""Data sets that are downloaded from a hub, which the tests serve on this machine."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.processes import environment, read, runs
from tests.data.labelled.tables import labelled
from tests.forked import python
from tests.hub import serve

UNREACHABLE = "http://127.0.0.1:9"

LOAD = """
import sys

from reviewlab.data.hub import load_dataset
from reviewlab.exceptions import InputError

for source in sys.argv[1:]:
    try:
        load_dataset(source, "data.source", "give a file or a folder")
    except InputError as error:
        print(error)
"""


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    reviews = labelled(tmp_path_factory.mktemp("made") / "reviews.csv", ["bad", "good"] * 50)
    files = {"reviews.csv": reviews.read_bytes()}
    card = {"README.md": b"# Reviews\n\nA card without a block of metadata.\n"}
    repositories = {
        "someone/reviews": {**files, **card},
        "someone/script": {**files, "script.py": b"raise SystemExit(7)\n"},
        "someone/empty": card,
    }
    with serve(repositories) as endpoint:
        yield endpoint


def run(cwd: Path, hub: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python with this hub, and with the downloads of `cwd`."""
    unset = ("HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE", "HF_HUB_CACHE", "HF_DATASETS_CACHE")
    inherited = {name: v for name, v in environment(cwd).items() if name not in unset}
    return subprocess.run(
        [python(), *arguments],
        cwd=cwd,
        env={**inherited, "HF_ENDPOINT": hub, "HF_HOME": str(cwd / "downloads")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_id_is_described_and_trained_on_even_if_the_hub_is_gone(
    tmp_path: Path, hub: str
) -> None:
    source = "data.source=someone/reviews"
    described = run(tmp_path, hub, "-m", "reviewlab", "data", source)
    assert (described.returncode, described.stderr) == (0, "")
    assert described.stdout.startswith("someone/reviews: 100 reviews, 2 classes\n")
    training = ("train", "data=table", source, "model=ngram", "trainer.max_epochs=1")
    trained = run(tmp_path, UNREACHABLE, "-m", "reviewlab", *training)
    assert trained.returncode == 0, trained.stderr
    [folder] = runs(tmp_path)
    assert read(folder / "result.json")["label_names"] == ["bad", "good"]


def test_ids_without_data_are_one_line_each(tmp_path: Path, hub: str) -> None:
    reasons = {
        "nobody/nothing": "Dataset 'nobody/nothing' doesn't exist on the Hub",
        "someone/script": "Dataset scripts are no longer supported, but found script.py",
        "someone/empty": "doesn't contain any data files",
    }
    (tmp_path / "load.py").write_text(LOAD)
    done = run(tmp_path, hub, "load.py", *reasons)
    assert (done.returncode, done.stderr) == (0, "")
    for line, (source, reason) in zip(done.stdout.splitlines(), reasons.items(), strict=True):
        assert line.startswith(f"data.source: {source!r} is not a local path and cannot be ")
        assert reason in line
        assert line.endswith("; give a file or a folder")
