"""A browser for the tests that look at a page as a person would."""

import base64
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome
from tests.browser import chromium

LARGEST = 300_000
"""Bytes of a picture in the repository."""


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


@pytest.fixture
def picture() -> Callable[..., None]:
    """`picture(browser, name, height=...)` takes that much of the page, from its top.

    `REVIEWLAB_FIGURES` names the folder where it is kept as `<name>.png`; `make figures` sets it.
    """

    def take(driver: Chrome, name: str, height: int = chromium.HEIGHT) -> None:
        clip = {"x": 0, "y": 0, "width": chromium.WIDTH, "height": height, "scale": 1}
        taken = driver.execute_cdp_cmd(
            "Page.captureScreenshot", {"clip": clip, "captureBeyondViewport": True}
        )
        png = base64.b64decode(taken["data"])
        assert len(png) < LARGEST
        if folder := os.environ.get("REVIEWLAB_FIGURES"):
            (Path(folder) / f"{name}.png").write_bytes(png)

    return take
