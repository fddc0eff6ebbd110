"""Run programs without importing torch again, by forking a process that has imported it.

`python()` is the path of a program to start instead of Python: `[python(), "scripts/train.py"]`.
It passes its arguments, folder, environment and open files to the zygote, which forks. The fork is
a separate process that reads, writes and ends like Python, but starts seconds faster.

    test --starts--> python (ask) --socket--> zygote.py --forks--> watcher --forks--> program
                        ^---------------- exit status ----------------'

Killing it kills the program too, but other signals are not passed on, and the program has another
process id. Tests of signals, process ids or imports start `sys.executable` instead.
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
    """Return the variables that Python and torch read only at their start.

    If a program needs other values, Python itself is started. A fork can still follow PYTHONPATH.
    """
    read_once = ("PYTHON", "LC_", "LANG", "OMP_")
    return {k: v for k, v in os.environ.items() if k.startswith(read_once) and k != "PYTHONPATH"}


def python() -> str:
    """Return the path of the program, shared by all test processes of a session.

    The zygote ends with the test process that first called this.
    """
    import subprocess
    import tempfile

    if sys.platform != "linux" or " " in sys.executable:  # no safe fork, or no valid `#!` line
        return sys.executable
    session = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    folder = Path(tempfile.gettempdir()) / f"reviewlab-zygote-{session}"
    path = str(folder / "python")
    if folder.exists():
        return path
    draft = Path(tempfile.mkdtemp())
    began = {**at_start(), "OMP_NUM_THREADS": "1"}
    names = {"python": sys.executable, "folder": str(Path(__file__).parent), "began": began}
    (draft / "python").write_text(PROGRAM.format(**names))
    (draft / "python").chmod(0o700)
    with socket.socket(socket.AF_UNIX) as listener, (draft / "stderr").open("wb") as stderr:
        listener.bind(str(draft / "socket"))
        listener.listen()  # requests wait until everything is imported
        try:
            draft.rename(folder)
        except OSError:  # another process was faster
            shutil.rmtree(draft)
            return path
        streams = {"stdin": listener, "stdout": subprocess.DEVNULL, "stderr": stderr}
        command = [
            sys.executable,
            str(Path(__file__).with_name("zygote.py")),
            path,
            str(os.getpid()),
        ]
        started.append(subprocess.Popen(command, env=os.environ | began, **streams))
    return path


def ask(began: dict[str, str], path: str, *arguments: str) -> None:
    """Request a fork, wait for it and end with its status; become Python if that is impossible.

    Args:
        began: the variables of `at_start` with which the zygote was started.
        path: path of the program that calls this, next to the zygote's socket.
        arguments: the arguments for Python.
    """
    # multiprocessing repeats PYTHONDONTWRITEBYTECODE as a flag
    program = arguments[arguments[:1] == ("-B",) :]
    can_fork = program[:1] in (("-c",), ("-m",)) or "".join(program[:1]).endswith(".py")
    files = [int(file.name) for file in Path("/proc/self/fd").iterdir() if file.exists()]
    blocked = [*map(int, signal.pthread_sigmask(signal.SIG_BLOCK, []))]
    request = json.dumps([program, files, str(Path.cwd()), dict(os.environ), blocked]).encode()
    zygote, confirmation = socket.socket(socket.AF_UNIX), b""
    if can_fork and at_start() == began:
        with suppress(OSError):  # the zygote has ended
            zygote.connect(str(Path(path).with_name("socket")))
            socket.send_fds(zygote, [len(request).to_bytes(4)], files)
            zygote.sendall(request)
            confirmation = zygote.recv(1)
    if not confirmation:
        os.execv(sys.executable, (sys.executable, *arguments))
    [status] = struct.unpack("!i", zygote.recv(4))
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        with suppress(OSError):  # SIGKILL has no handler
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    sys.exit(code)
