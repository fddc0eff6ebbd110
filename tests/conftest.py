"""Fixtures for all tests."""

import logging
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import rich
import torch
from hypothesis import HealthCheck, settings
from tests.made_images import write_mnist
from tests.made_reviews import write_imdb, write_netflix, write_table

from reviewlab.console.commands import STARTED_BY

ROOT = Path(__file__).resolve().parents[1]

# One thread: two tests run at once on two cores. Programs that tests start inherit it, since the
# same computation rounds differently with more threads.
os.environ.setdefault("OMP_NUM_THREADS", "1")
torch.set_num_threads(1)

# Programs that a shell starts with `&` ignore Ctrl-C, those under `nohup` a closed terminal, and so
# do their children.
signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP"):
    signal.signal(signal.SIGHUP, signal.SIG_DFL)

# A slow machine must not fail a test.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

LONGEST = ("sweeps", "notes", "cli")
"""Folders whose tests start programs."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the longest tests first, so that no process is idle at the end."""
    items.sort(key=lambda item: (*LONGEST, item.path.parent.name).index(item.path.parent.name))


@pytest.fixture(scope="session", autouse=True)
def private_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Use a separate cache: tests neither read another session's nor write to the home folder."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REVIEWLAB_CACHE", str(folder))
        yield folder


@pytest.fixture(autouse=True)
def restored_process() -> Iterator[None]:
    """Undo the changes that a program leaves behind if a test has run it in this process."""
    log = logging.getLogger("reviewlab")
    handlers, level, propagate = [*log.handlers], log.level, log.propagate
    interrupt = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, interrupt)
    os.environ.pop(STARTED_BY, None)
    log.handlers, log.propagate = handlers, propagate
    log.setLevel(level)
    rich.reconfigure()


def _real(variable: str) -> Path:
    value = os.environ.get(variable)
    if not value:
        pytest.skip(f"{variable} is not set")
    return Path(value)


@pytest.fixture(scope="session")
def imdb_source() -> Path:
    """The folder of the real IMDB reviews."""
    return _real("REVIEWLAB_IMDB")


@pytest.fixture(scope="session")
def netflix_source() -> Path:
    """The CSV of the real Netflix reviews."""
    return _real("REVIEWLAB_NETFLIX")


@pytest.fixture(scope="session")
def mnist_source() -> Path:
    """The folder of the four real files of MNIST."""
    return _real("REVIEWLAB_MNIST")


@pytest.fixture(scope="session")
def pretrained_source() -> Path:
    """The folder of a real pretrained encoder, all-MiniLM-L6-v2."""
    return _real("REVIEWLAB_PRETRAINED")


@pytest.fixture(scope="session")
def made_imdb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder laid out like the real IMDB reviews, with enough for a batch of 500."""
    return write_imdb(tmp_path_factory.mktemp("made_imdb"), reviews=640)


@pytest.fixture(scope="session")
def made_netflix(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A CSV laid out like the real Netflix reviews."""
    return write_netflix(tmp_path_factory.mktemp("made_netflix") / "reviews.csv", reviews=640)


@pytest.fixture(scope="session")
def made_table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A CSV with texts and labels, for data sets without a default source."""
    return write_table(tmp_path_factory.mktemp("made_table") / "reviews.csv", reviews=640)


@pytest.fixture(scope="session")
def made_mnist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of the four files of MNIST, with enough images for a batch of 64."""
    return write_mnist(tmp_path_factory.mktemp("made_mnist"))
