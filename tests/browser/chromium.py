"""Debian's Chromium without a window, cut off from all addresses but 127.0.0.1."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from selenium import webdriver
from tests.debian import install, why_no_packages

PROGRAM, DRIVER = Path("/usr/bin/chromium"), Path("/usr/bin/chromedriver")
PACKAGES = {
    "chromium": PROGRAM,
    "chromium-driver": DRIVER,
    "fonts-dejavu-core": Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"),
}
WIDTH, HEIGHT = 1280, 900

ARGUMENTS = (
    "--headless",
    f"--window-size={WIDTH},{HEIGHT}",
    "--hide-scrollbars",
    "--disable-gpu",
    # The sandbox needs privileges that containers lack, and only our own pages are opened.
    "--no-sandbox",
    "--disable-dev-shm-usage",
    # No name is resolved and no other address reached, not even `localhost` and `127.0.0.2`.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--no-proxy-server",
    "--disable-quic",
    # Switch off the requests that Chromium makes by itself.
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def provide() -> str:
    """Install what is missing; return the reason if this is impossible, else an empty text."""
    missing = [package for package, path in PACKAGES.items() if not path.exists()]
    if not missing:
        return ""
    if reason := why_no_packages():
        return f"{' and '.join(missing)} not installed: {reason}"
    install("test-browser", *missing)
    return ""


@contextmanager
def opened(folder: Path) -> Iterator[webdriver.Chrome]:
    """Open a browser with an empty profile, which writes only to `folder`; close it at the end.

    It records console messages and network requests, for `tests.browser.watch`.
    """
    options = webdriver.ChromeOptions()
    options.binary_location = str(PROGRAM)
    for argument in (*ARGUMENTS, f"--user-data-dir={folder / 'profile'}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    options.add_experimental_option("perfLoggingPrefs", {"enablePage": False})
    home = {**os.environ, "HOME": str(folder), "TMPDIR": str(folder)}
    # With the paths of both programs, selenium neither searches for them nor downloads them.
    driver = webdriver.Chrome(options, webdriver.ChromeService(str(DRIVER), env=home))
    try:
        yield driver
    finally:
        driver.quit()
