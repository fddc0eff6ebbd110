"""A forked program behaves like one that Python has started."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from tests.forked import python

SEES = """
import json, os, signal, sys, __main__

def kind(number):
    return os.readlink(f"/proc/self/fd/{number}").partition(":")[0]

files = [int(n) for n in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{n}")]
streams = (sys.stdin, sys.stdout, sys.stderr)
print(json.dumps({
    "argv": sys.argv,
    "path": sys.path,
    "main": [__name__, __file__, __spec__, __main__.__dict__ is globals()],
    "folder": os.getcwd(),
    "environment": dict(os.environ),
    "files": sorted((n, kind(n), os.get_inheritable(n)) for n in files),
    "streams": [(s.encoding, s.errors, s.isatty(), s.line_buffering) for s in streams],
    "signals": [str(signal.getsignal(n)).split(" at ")[0] for n in signal.valid_signals()],
    "blocked": [*signal.pthread_sigmask(signal.SIG_BLOCK, [])],
    "group": [os.getpgid(0), os.getsid(0)],
    "threads": len(os.listdir("/proc/self/task")),
    "flags": [*sys.flags],
    "executable": sys.executable,
    "input": sys.stdin.read(),
}))
print("said", file=sys.stderr)
sys.exit(7)
"""
IS_FORKED = "import sys; sys.exit('torch' not in sys.modules)"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="programs are forked on Linux only")


def run(program: str, *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    options = {"env": {**os.environ, "OMP_NUM_THREADS": "1"}} | options
    return subprocess.run([program, *arguments], capture_output=True, text=True, **options)


def test_it_sees_what_it_would_see(tmp_path: Path) -> None:
    (tmp_path / "sees.py").write_text(SEES)
    reader, writer = os.pipe()
    options: dict[str, Any] = {
        "cwd": tmp_path,
        "env": {**os.environ, "OMP_NUM_THREADS": "1", "MORE": "ü"},
        "pass_fds": [reader],
        "input": "a line\n",
    }
    forked, fresh = (run(p, "sees.py", "a b", "ü", **options) for p in (python(), sys.executable))
    os.close(reader)
    os.close(writer)
    assert (forked.returncode, forked.stderr) == (fresh.returncode, fresh.stderr) == (7, "said\n")
    assert json.loads(forked.stdout) == json.loads(fresh.stdout)


def test_a_module_and_another_path_are_what_they_would_be(tmp_path: Path) -> None:
    for name in ("sees.py", "elsewhere/other.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / "sees.py").write_text(
        "import json, other, sys\n"
        "print(json.dumps([__name__, __file__, __spec__.name, sys.argv, sys.path, other.__file__]))"
    )
    (tmp_path / "elsewhere" / "other.py").touch()
    given = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": f"elsewhere:{tmp_path}/none"}
    options: dict[str, Any] = {"cwd": tmp_path, "env": given}
    forked, fresh = (run(p, "-m", "sees", "a b", **options) for p in (python(), sys.executable))
    assert (fresh.returncode, fresh.stderr) == (forked.returncode, forked.stderr) == (0, "")
    assert json.loads(forked.stdout) == json.loads(fresh.stdout)
    is_forked = run(python(), "-c", IS_FORKED, **options)
    assert is_forked.returncode == 0


@pytest.mark.parametrize(
    ("code", "ends"),
    [
        (IS_FORKED, 0),
        ("import sys; sys.exit(300)", 300 % 256),
        ("import os; os._exit(3)", 3),
        ("1 / 0", 1),
        ("import os; os.abort()", -signal.SIGABRT),
        ("import os; os.kill(os.getpid(), 9)", -signal.SIGKILL),
        ("import os; os.kill(os.getpid(), 2)", -signal.SIGINT),
    ],
)
def test_it_ends_as_it_would_end(code: str, ends: int) -> None:
    done = run(python(), "-c", code)
    assert done.returncode == ends
    assert done.stdout == ""
    assert ("Traceback" in done.stderr) == (ends in (1, -signal.SIGINT))


def test_two_draw_other_numbers() -> None:
    code = "import numpy, random; print(numpy.random.rand(), random.random())"
    one, other = (run(python(), "-c", code).stdout.split() for _ in range(2))
    assert not {*one} & {*other}


@pytest.mark.parametrize("name", ["OMP_NUM_THREADS", "PYTHONWARNINGS", "LANG"])
def test_a_variable_that_is_read_at_the_start_starts_python(name: str) -> None:
    env = {**os.environ, "OMP_NUM_THREADS": "1", name: "2" if "OMP" in name else "error"}
    assert run(python(), "-c", IS_FORKED, env=env).returncode == 1


def test_who_is_not_waited_for_is_killed(tmp_path: Path) -> None:
    code = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
    with subprocess.Popen([python(), "-c", code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        process.kill()
    while Path(f"/proc/{pid}").exists():
        time.sleep(0.01)


def test_a_zygote_that_is_gone_is_not_needed(tmp_path: Path) -> None:
    program = tmp_path / "python"
    program.write_text(Path(python()).read_text())
    program.chmod(0o700)
    assert run(str(program), "-c", IS_FORKED).returncode == 1
