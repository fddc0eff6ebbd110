"""A browser for the tests that look at a page as a person would."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome
from tests.browser import chromium


@pytest.fixture(scope="session")
def chromium_is_here() -> None:
    """Chromium and its driver, installed where they are missing and can be."""
    if reason := chromium.provide():
        pytest.skip(reason)


@pytest.fixture
def browser(chromium_is_here: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Chrome]:
    """A browser of its own for each test, 1280 pixels wide, without a network.

    Its folder has a short name: it holds a socket, whose path may have 107 characters.
    """
    monkeypatch.setenv("no_proxy", "localhost,127.0.0.1")
    with tempfile.TemporaryDirectory() as folder, chromium.opened(Path(folder)) as driver:
        yield driver
