"""Commands on Windows, which lacks signals and forks; here they are taken away from Linux."""

import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.processes import environment
from tests.forked import python

WINDOWS = """
import importlib, os, pkgutil, shutil, signal, sys, types

import reviewlab.cli


def import_commands():
    for command in pkgutil.iter_modules(reviewlab.cli.__path__):
        importlib.import_module(f"reviewlab.cli.{command.name}")


import_commands()  # together with the packages of others, which need the real platform
for name in ("SIGUSR1", "SIGKILL", "SIGPIPE", "SIGHUP", "SIGQUIT", "pthread_sigmask"):
    delattr(signal, name)
for name in ("fork", "killpg"):
    delattr(os, name)
for name in ("resource", "fcntl"):
    sys.modules[name] = None
# from Python 3.12 on, `shutil.which` asks Windows whether to search the working directory
shutil._winapi = types.SimpleNamespace(NeedCurrentDirectoryForExePath=lambda command: True)
for name in [name for name in sys.modules if name.startswith("reviewlab.")]:
    del sys.modules[name]
sys.platform = "win32"
import_commands()

from reviewlab.cli.main import main

main(sys.argv[1:])
"""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="takes signals away from Linux")


@pytest.mark.parametrize(
    ("arguments", "code", "line"),
    [
        (["--version"], 0, "reviewlab "),
        (["train", "experiment=demo"], 2, "error: Windows: training needs signals to stop "),
        (["train", "-m", "seed=0,1"], 2, "error: Windows: training needs signals to stop "),
        (["demo"], 2, "error: Windows: training needs signals to stop "),
        (["report", "nowhere"], 2, "error: "),
        (["sweep", "status", "nowhere"], 2, "error: sweep: 'nowhere' is not a sweep"),
    ],
)
def test_a_command_on_windows_works_or_is_refused_in_one_line(
    tmp_path: Path, arguments: list[str], code: int, line: str
) -> None:
    (tmp_path / "windows.py").write_text(WINDOWS)
    done = subprocess.run(
        [python(), "windows.py", *arguments],
        cwd=tmp_path,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stderr
    [only] = (done.stdout + done.stderr).splitlines()
    assert only.startswith(line)
