"""Fixtures that every test may use."""

import logging
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, settings
from tests.made_reviews import write_imdb, write_netflix, write_table

ROOT = Path(__file__).resolve().parents[1]

# A shell's `&` lets what it starts ignore Ctrl-C, and whatever that starts.
signal.signal(signal.SIGINT, signal.default_int_handler)

# How fast a machine is says nothing about what it tests.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

LONGEST = ("sweeps", "notes", "cli")
"""Folders whose tests start programs."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest comes first, so that at the end no process waits for another."""
    items.sort(key=lambda item: (*LONGEST, item.path.parent.name).index(item.path.parent.name))


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """Two tests run at once on two cores; a second thread each would only get in the way."""
    torch.set_num_threads(1)


@pytest.fixture(scope="session", autouse=True)
def private_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """No test reads what another session encoded, nor leaves anything in the home folder."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REVIEWLAB_CACHE", str(folder))
        yield folder


@pytest.fixture(autouse=True)
def own_voice() -> Iterator[None]:
    """A program that ran within a test's process leaves none of its log's handlers behind."""
    log = logging.getLogger("reviewlab")
    handlers, level, propagate = [*log.handlers], log.level, log.propagate
    yield
    log.handlers, log.propagate = handlers, propagate
    log.setLevel(level)


def _real(variable: str) -> Path:
    value = os.environ.get(variable)
    if not value:
        pytest.skip(f"{variable} is not set: it names what is real")
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
def pretrained_source() -> Path:
    """The folder of a real pretrained encoder, all-MiniLM-L6-v2."""
    return _real("REVIEWLAB_PRETRAINED")


@pytest.fixture(scope="session")
def made_imdb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder like that of the real IMDB reviews; enough for a batch of 500."""
    return write_imdb(tmp_path_factory.mktemp("made_imdb"), reviews=640)


@pytest.fixture(scope="session")
def made_netflix(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A CSV like that of the real Netflix reviews."""
    return write_netflix(tmp_path_factory.mktemp("made_netflix") / "reviews.csv", reviews=640)


@pytest.fixture(scope="session")
def made_table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A CSV with texts and labels, for what has no source of its own."""
    return write_table(tmp_path_factory.mktemp("made_table") / "reviews.csv", reviews=640)
