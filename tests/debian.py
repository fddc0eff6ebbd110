"""Install Debian packages for tests of programs that pip cannot install."""

import os
import platform
import subprocess
import sys

QUIET = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}


def why_no_packages() -> str:
    """Return why packages cannot be installed here; empty if they can."""
    try:
        system = platform.freedesktop_os_release()["ID"]
    except (OSError, KeyError):
        system = platform.system()
    if system != "debian":
        return f"the packages are for Debian, and this is {system}"
    return "" if os.geteuid() == 0 else "installing the packages requires root"


def install(target: str, *packages: str) -> None:
    """Install packages; if that fails, exit with an error of the make target."""
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages],
    ):
        done = subprocess.run(command, env=QUIET, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"{target}: {' '.join(command)} failed:\n{done.stderr.strip()}")
