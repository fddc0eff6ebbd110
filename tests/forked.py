"""Programs that need not import torch again: they are forked from a process that has.

`python()` is the path of a program to start in Python's place: `[python(), "scripts/train.py"]`.
It hands its arguments, folder, environment and open files to the zygote, which forks; the fork is
a process of its own that reads, writes and ends as Python would, only seconds sooner.

    test --starts--> python (ask) --socket--> zygote.py --forks--> watcher --forks--> program
                        ^---------------- how it ended ---------------'

Whoever kills it kills the program, but no other signal comes through, and the program has an id of
its own. Tests of signals, of process ids and of what is imported start `sys.executable` instead.
"""

import json
import os
import shutil
import signal
import socket
import struct
import sys
from contextlib import suppress
from pathlib import Path

PROGRAM = """#!{python} -IS
import sys
sys.path.append({folder!r})
from forked import ask
ask({began!r}, *sys.argv)
"""
started = []


def at_start() -> dict[str, str]:
    """The variables that Python and torch read once: where they differ, Python itself starts."""
    return {k: v for k, v in os.environ.items() if k.startswith(("PYTHON", "LC_", "LANG", "OMP_"))}


def python() -> str:
    """The path, one for all who test together; the zygote ends with the one who asked first."""
    import subprocess
    import tempfile

    if sys.platform != "linux" or " " in sys.executable:  # no safe fork; no such first line
        return sys.executable
    session = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    folder = Path(tempfile.gettempdir()) / f"reviewlab-zygote-{session}"
    path = str(folder / "python")
    if folder.exists():
        return path
    made = Path(tempfile.mkdtemp())
    began = {**at_start(), "OMP_NUM_THREADS": "1"}
    names = {"python": sys.executable, "folder": str(Path(__file__).parent), "began": began}
    (made / "python").write_text(PROGRAM.format(**names))
    (made / "python").chmod(0o700)
    with socket.socket(socket.AF_UNIX) as listener, (made / "said").open("wb") as said:
        listener.bind(str(made / "socket"))
        listener.listen()  # whoever asks before everything is imported waits
        try:
            made.rename(folder)
        except OSError:  # another process came first
            shutil.rmtree(made)
            return path
        streams = {"stdin": listener, "stdout": subprocess.DEVNULL, "stderr": said}
        command = [
            sys.executable,
            str(Path(__file__).with_name("zygote.py")),
            path,
            str(os.getpid()),
        ]
        started.append(subprocess.Popen(command, env=os.environ | began, **streams))
    return path


def ask(began: dict[str, str], path: str, *arguments: str) -> None:
    """Have a program forked, wait for it, and end as it ended; or become Python itself."""
    # multiprocessing says again what PYTHONDONTWRITEBYTECODE says
    known = arguments[arguments[:1] == ("-B",) :]
    forked = known[:1] == ("-c",) or "".join(known[:1]).endswith(".py")
    files = [int(file.name) for file in Path("/proc/self/fd").iterdir() if file.exists()]
    request = json.dumps([known, files, str(Path.cwd()), dict(os.environ)]).encode()
    zygote, begun = socket.socket(socket.AF_UNIX), b""
    if forked and at_start() == began:
        with suppress(OSError):  # it has ended
            zygote.connect(str(Path(path).with_name("socket")))
            socket.send_fds(zygote, [len(request).to_bytes(4)], files)
            zygote.sendall(request)
            begun = zygote.recv(1)
    if not begun:
        os.execv(sys.executable, (sys.executable, *arguments))
    [status] = struct.unpack("!i", zygote.recv(4))
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        with suppress(OSError):  # SIGKILL has no handler
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    sys.exit(code)
