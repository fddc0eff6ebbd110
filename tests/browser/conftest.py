"""A browser for tests of HTML pages."""

import base64
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome
from tests.browser import chromium

LARGEST = 300_000
"""The size limit of a picture in the repository, in bytes."""


@pytest.fixture(scope="session")
def chromium_is_here() -> None:
    """Install Chromium and its driver if they are missing, or skip the test."""
    if reason := chromium.provide():
        pytest.skip(reason)


@pytest.fixture
def browser(chromium_is_here: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Chrome]:
    """A new browser for each test, 1280 pixels wide, without network.

    Its folder needs a short name: it contains a socket, whose path is limited to 107 characters.
    """
    monkeypatch.setenv("no_proxy", "localhost,127.0.0.1")
    with tempfile.TemporaryDirectory() as folder, chromium.opened(Path(folder)) as driver:
        yield driver


@pytest.fixture
def picture() -> Callable[..., None]:
    """`picture(browser, name, height=...)` takes a screenshot of the top `height` pixels.

    It is saved as `<name>.png` in the folder `REVIEWLAB_FIGURES`, which `make figures` sets.
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
