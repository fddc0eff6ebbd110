"""Packages of Debian, for the tests that take a program which pip does not bring."""

import os
import platform
import subprocess
import sys

QUIET = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}


def why_no_packages() -> str:
    """What keeps packages from being installed here; empty where nothing does."""
    try:
        system = platform.freedesktop_os_release()["ID"]
    except (OSError, KeyError):
        system = platform.system()
    if system != "debian":
        return f"packages come from Debian only, and this is {system}"
    return "" if os.geteuid() == 0 else "to install them takes root"


def install(target: str, *packages: str) -> None:
    """Install packages; where that fails, the make target says so and nothing else is run."""
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages],
    ):
        done = subprocess.run(command, env=QUIET, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"{target}: {' '.join(command)} failed:\n{done.stderr.strip()}")
