"""Debian's Chromium without a window, shut off from every network but 127.0.0.1."""

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
    # Its sandbox wants rights that a container does not give; it sees our own pages alone.
    "--no-sandbox",
    "--disable-dev-shm-usage",
    # No name is looked up and no other address reached, `localhost` and `127.0.0.2` included.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--no-proxy-server",
    "--disable-quic",
    # What it would ask for on its own.
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def provide() -> str:
    """Install what is missing; a line that says why not, where it cannot be done."""
    missing = [package for package, path in PACKAGES.items() if not path.exists()]
    if not missing:
        return ""
    if reason := why_no_packages():
        return f"{' and '.join(missing)} not installed: {reason}"
    install("test-browser", *missing)
    return ""


@contextmanager
def opened(folder: Path) -> Iterator[webdriver.Chrome]:
    """A browser with an empty profile; all that it writes lies in `folder`, and it ends with it.

    It keeps what the console says and what is asked of the network: see `tests.browser.watch`.
    """
    options = webdriver.ChromeOptions()
    options.binary_location = str(PROGRAM)
    for argument in (*ARGUMENTS, f"--user-data-dir={folder / 'profile'}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    options.add_experimental_option("perfLoggingPrefs", {"enablePage": False})
    home = {**os.environ, "HOME": str(folder), "TMPDIR": str(folder)}
    # With both programs named, selenium looks for none and downloads none.
    driver = webdriver.Chrome(options, webdriver.ChromeService(str(DRIVER), env=home))
    try:
        yield driver
    finally:
        driver.quit()
