"""A process that has imported everything, and forks for each requested program.

`tests/forked.py` starts it with the socket for requests as its stdin. It only imports, computes
nothing and has a single thread. `become` restores the state in which Python starts a program.
"""

import json
import os
import shutil
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path
from types import ModuleType


def serve(path: str, parent: int) -> tuple[list, list[int]]:
    """Import and fork; only the forked programs return, with their request and their files."""
    import atexit
    import gc

    import torch._dynamo.utils

    from reviewlab.cli import evaluate, notes, predict, report  # noqa: F401
    from reviewlab.launching import start, trial_entry  # noqa: F401

    # With tabulate installed this executes code at the end, which makes Python forget a Ctrl-C.
    atexit.unregister(torch._dynamo.utils.dump_compile_times)
    gc.freeze()  # a collection would copy memory that the forks share
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    listener = socket.socket(fileno=0)
    listener.settimeout(1)
    while os.getppid() == parent and len([*Path("/proc/self/task").iterdir()]) == 1:
        with suppress(TimeoutError):
            connection, _ = listener.accept()
            if os.fork() == 0:
                listener.close()
                return fork_watched(connection)
            connection.close()
    shutil.rmtree(Path(path).parent)
    sys.exit()


def fork_watched(connection: socket.socket) -> tuple[list, list[int]]:
    """Fork a program, kill it if the requesting process ends, and report its exit status."""
    import select

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    size, files, *_ = socket.recv_fds(connection, 4, 100)
    request = json.loads(connection.makefile("rb").read(int.from_bytes(size)))
    connection.sendall(b"!")
    program = os.fork()
    if program == 0:
        return request, files
    for file in files:
        os.close(file)
    ended = os.pidfd_open(program)
    if ended not in select.select([ended, connection], [], [])[0]:
        os.kill(program, signal.SIGKILL)
    status = os.waitpid(program, 0)[1]
    with suppress(BrokenPipeError):
        connection.sendall(status.to_bytes(4))
    os._exit(0)


def become(
    path: str,
    files: list[int],
    numbers: list[int],
    cwd: str,
    env: dict[str, str],
    blocked: list[int],
) -> None:
    """Give this process the state that it would have if the request had started Python.

    Args:
        path: path of the program that made the request.
        files: the received file descriptors.
        numbers: the descriptors' numbers in the requesting process.
        cwd: the working folder.
        env: the environment variables.
        blocked: the numbers of blocked signals, which a program inherits.
    """
    import fcntl
    import multiprocessing
    import time

    import numpy as np

    import_messages = Path(path).with_name("stderr").read_bytes()
    files = [fcntl.fcntl(file, fcntl.F_DUPFD, 512) for file in files]  # free the low numbers
    os.closerange(0, 512)
    for file, number in zip(files, numbers, strict=True):
        os.dup2(file, number)
        os.close(file)
    os.write(2, import_messages)  # each program would have printed them
    os.chdir(cwd)
    follow_path(os.environ.get("PYTHONPATH", ""), env.get("PYTHONPATH", ""))
    os.environ.clear()
    os.environ.update(env)
    time.tzset()
    np.random.seed()  # `random` does this by itself
    multiprocessing.set_executable(path)  # for the fork server of a sweep
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_SETMASK, blocked)


def follow_path(before: str, after: str) -> None:
    """Search the folders of another PYTHONPATH, in the place of those of the zygote's own."""
    from reviewlab.plugins import list_plugins
    from reviewlab.runs.provenance import software

    if after == before:
        return
    list_plugins.cache_clear()  # they say what is installed
    software.cache_clear()
    old, new = (value.split(os.pathsep) if value else [] for value in (before, after))
    sys.path[1 : 1 + len(old)] = [str(Path(folder).absolute()) for folder in new]


if __name__ == "__main__":
    path, parent = sys.argv[1:]
    (arguments, *state), files = serve(path, int(parent))
    become(path, files, *state)
    main = sys.modules["__main__"] = ModuleType("__main__")
    if arguments[0] == "-m":
        import runpy

        sys.argv, sys.path[0] = ["-m", *arguments[2:]], str(Path.cwd())
        runpy._run_module_as_main(arguments[1])
        sys.exit()
    if arguments[0] == "-c":
        code, name, sys.argv, sys.path[0] = arguments[1], "<string>", ["-c", *arguments[2:]], ""
    else:
        name = main.__file__ = str(Path(arguments[0]).absolute())
        code, sys.argv, sys.path[0] = Path(name).read_bytes(), arguments, str(Path(name).parent)
    exec(compile(code, name, "exec"), main.__dict__)
