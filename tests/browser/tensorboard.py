"""Serve a folder with TensorBoard, and read its pages as displayed."""

import io
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import image
from selenium.common.exceptions import StaleElementReferenceException, TimeoutException
from selenium.webdriver import Chrome
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

WITHIN_SHADOWS = """
const found = [];
const look = root => root.querySelectorAll("*").forEach(element => {
  if (element.matches(arguments[0])) found.push(element);
  if (element.shadowRoot) look(element.shadowRoot);
});
look(document);
"""
ELEMENTS = f"{WITHIN_SHADOWS} return found;"
CELLS = f"""{WITHIN_SHADOWS} return found.filter(element => element.offsetWidth).map(element => {{
  const slot = element.closest("vaadin-grid-cell-content").assignedSlot;
  const box = slot.parentElement.getBoundingClientRect();
  return [box.top, box.left, element.textContent.trim()];
}});"""


@contextmanager
def served(folder: Path, log: Path) -> Iterator[str]:
    """Run TensorBoard on a folder and yield its address; its output goes to the log.

    The path of the folder is relative, so that no screenshot shows a path of this machine.
    """
    options = ["--logdir", folder.name, "--host", "127.0.0.1", "--port", "0"]
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "tensorboard.main", *options],
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            cwd=folder.parent,
        )
    try:
        limit = time.monotonic() + 60
        while not (address := re.search(r"http://127\.0\.0\.1:\d+/", log.read_text())):
            assert process.poll() is None and time.monotonic() < limit, log.read_text()
            time.sleep(0.1)
        yield address[0]
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
        with suppress(ProcessLookupError):  # the reader of the events is in the same process group
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def patience(browser: Chrome, seconds: float) -> WebDriverWait[Chrome]:
    """Return a wait that looks again if TensorBoard has drawn anew what was just found."""
    return WebDriverWait(browser, seconds, ignored_exceptions=[StaleElementReferenceException])


def shown(browser: Chrome, page: str, seen: Callable[[Chrome], Any]) -> Any:
    """Return what `seen` finds on a page, reloading it while TensorBoard may still be reading.

    Args:
        browser: the browser.
        page: the page's address.
        seen: function that returns something true once the page is complete.
    """
    for _ in range(5):
        browser.get("about:blank")
        browser.get(page)
        with suppress(TimeoutException):
            return patience(browser, 15).until(seen)
    raise AssertionError(f"never seen on {page}")


def table(browser: Chrome) -> list[dict[str, str]]:
    """Return the rows of the HParams page, by column name; none until its layout is complete."""
    cells = sorted(browser.execute_script(CELLS, ".table-cell"))
    lines = [[text for *_, text in line] for _, line in groupby(cells, key=lambda cell: cell[0])]
    if len({len(line) for line in lines}) != 1:
        return []
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]


def boxes(browser: Chrome) -> dict[str, WebElement]:
    """Return the checkboxes for the columns of the HParams page, by name."""
    elements = browser.execute_script(ELEMENTS, "paper-checkbox")
    return {box.get_property("textContent").strip(): box for box in elements}


def length(picture: bytes, colour: str) -> int:
    """Measure the horizontal extent of a line of one colour in a PNG, in pixels.

    Args:
        picture: the PNG.
        colour: the line's colour as in CSS: `rgb(66, 80, 102)`, or with a fourth number.
    """
    wanted = [int(number) / 255 for number in re.findall(r"\d+", colour)[:3]]
    pixels = image.imread(io.BytesIO(picture))[..., :3]
    hit = (np.abs(pixels - wanted) < 0.06).all(axis=-1)
    columns = np.flatnonzero(hit.any(axis=0))
    return int(np.ptp(columns)) if len(columns) else 0
