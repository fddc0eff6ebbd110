"""Read checkpoints, run folders and sweep folders that a seeded generator has made hostile.

Each seed stands for one case: a copy of a valid artefact, one or a few mutations of its files, and
a command that reads it. The command has to end as the valid artefact's does, or refuse in one line.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from threading import RLock

from tests.chaos.changing import Changed, mutate
from tests.chaos.endings import Ended, Expected, digest, problems_of, problems_of_files
from tests.chaos.programs import ROOT
from tests.chaos.subjects import EXPORTED, RUN, SMALL, SUBJECTS, SWEEP, Case, Command, draw
from tests.chaos.verdicts import Verdict
from tests.forked import python

PATIENCE = 90.0
"""Seconds after which a command hangs; the slowest valid one takes ten on a busy machine."""

RENEWED = re.compile(r"/leaderboard\.|/figures/|/validation(_reviews)?\.npz$")
"""Files that commands renew which otherwise only read."""

SPARE = 2**33
"""Bytes of address space that a command may take beyond those of Python, torch and reviewlab."""

MEASURED = """
import resource, runpy, sys
from pathlib import Path
peak, spare, sys.argv = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
status = lambda key: int(Path("/proc/self/status").read_text().partition(key)[2].split()[0])
limit = 1024 * status("VmSize:") + spare
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
sys.path[0] = str(Path(sys.argv[0]).parent)
try:
    runpy.run_path(sys.argv[0], run_name="__main__")
finally:
    Path(peak).write_text(str(status("VmHWM:")))
"""
"""Runs a script with a limit on its memory, and writes how many KiB it has used."""


class Hostility:
    """Makes cases from valid artefacts, which are made when they are first needed.

    Args:
        root: an empty folder for the artefacts and for the cases.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._python = python()
        self._lock = RLock()
        self._valid: dict[str, Path] = {}
        self._expected: dict[tuple[str, str, str], Expected] = {}

    def judge(self, seed: int, planted: Command | None = None) -> tuple[str, Verdict]:
        """Run one case; return its subject and the verdict.

        Args:
            seed: the case.
            planted: a command to run instead of one that is drawn, with the same ending expected.
        """
        random = Random(seed)
        case = draw(random)
        expected = self._expect(case)
        with tempfile.TemporaryDirectory(dir=self._root, prefix=f"{seed}-") as folder:
            cwd, canary = self._copy(case.artefact, Path(folder)), Path(folder) / "canary"
            changed = mutate(random, case, cwd, canary)
            before, command = digest(cwd), planted or case.command
            ended = self._start(Path(folder), cwd, command.arguments(changed.place))
            if command.answers and ended.code == 1 and ended.out:
                ended = ended._replace(code=0)
            found = [*problems_of(ended, expected, changed.protected, len(changed.done))]
            kept = _kept(command, ended, changed)
            found += problems_of_files(before, digest(cwd), kept)
            if canary.exists() or (cwd / "canary").exists():
                found.append(("code run", "the canary exists"))
            text = f"{seed} {case.artefact} {command.name}: {'; '.join(changed.done)}"
        return case.subject, Verdict(text.encode("unicode_escape").decode(), found)

    def _expect(self, case: Case) -> Expected:
        key = (case.subject, case.artefact, case.command.name)
        if key not in self._expected:
            with tempfile.TemporaryDirectory(dir=self._root) as folder:
                cwd = self._copy(case.artefact, Path(folder))
                place = SUBJECTS[case.subject].place
                ended = self._start(Path(folder), cwd, case.command.arguments(place))
            self._expected[key] = Expected.of(ended)
        return self._expected[key]

    def _copy(self, artefact: str, folder: Path) -> Path:
        """Copy the working folder of a valid artefact, with the paths in its files."""
        with self._lock:
            valid = self._valid.get(artefact) or self._make(artefact)
        cwd = folder / "work"
        shutil.copytree(valid, cwd)
        for path in [*cwd.rglob("*.yaml"), *cwd.rglob("*.json")]:
            path.write_bytes(path.read_bytes().replace(bytes(valid), bytes(cwd)))
        return cwd

    def _make(self, artefact: str) -> Path:
        if artefact == "exported":
            cwd = self._root / artefact / "work"
            shutil.copytree(self._valid.get("lstm") or self._make("lstm"), cwd)
            arguments = ["export.py", f"checkpoint={RUN}", f"output={EXPORTED}/"]
        else:
            cwd = self._root / artefact / "work"
            cwd.mkdir(parents=True)
            arguments = ["train.py", *(SWEEP if artefact == "sweep" else SMALL)]
            arguments += [] if artefact == "sweep" else [f"model={artefact}"]
        ended = self._start(cwd.parent, cwd, arguments)
        assert ended.code == 0, ended
        for run in (cwd / "outputs" / "runs").glob("2*"):
            shutil.copytree(run, cwd / "outputs" / "runs" / "other")
            run.rename(cwd / RUN)
        (cwd / "reviews.csv").write_text("review,label\na dull film,1\nworth it,5\n")
        (cwd / "hostile_module.py").write_text("open('canary', 'w').close()\nclass Thing: pass\n")
        self._valid[artefact] = cwd
        return cwd

    def _start(self, folder: Path, cwd: Path, arguments: Sequence[str]) -> Ended:
        """Run a script, and kill it if it hangs."""
        script = ROOT / "scripts" / arguments[0]
        cache = {"REVIEWLAB_CACHE": str(folder / "cache"), "OMP_NUM_THREADS": "1"}
        variables = {k: v for k, v in os.environ.items() if k != "COLUMNS"} | cache
        process = subprocess.Popen(
            [self._python, "-c", MEASURED, folder / "peak", str(SPARE), script, *arguments[1:]],
            cwd=cwd,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        code: int | None
        try:
            out, err = process.communicate(timeout=PATIENCE)
            code = process.returncode
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            code, (out, err) = None, process.communicate()
        peak = int((folder / "peak").read_text()) if (folder / "peak").exists() else 0
        texts = [part.decode(errors="replace").replace(str(folder), "") for part in (out, err)]
        return Ended(code, *texts, peak)


def _kept(command: Command, ended: Ended, changed: Changed) -> Callable[[str], bool]:
    """Return a function that tells which files a command has to leave as they are.

    A command that continues an artefact changes files of it: those of jobs that are damaged, or
    all results of a run unless it is refused. A report renews the tables of a sweep, and `evaluate`
    renews the predictions of a run, if they are damaged or from an earlier version.

    Args:
        command: the command.
        ended: its ending.
        changed: what was done to the artefact before.
    """

    def kept(name: str) -> bool:
        if not command.writes:
            return not name.endswith(".lock") and not RENEWED.search(name)
        if not name.endswith(("/result.json", ".ckpt")):
            return False
        if command.name == "continue":
            return not name.startswith(tuple(changed.jobs))
        return ended.code == 2

    return kept


def judge_all(seeds: Sequence[int], workers: int = 2) -> dict[str, list[Verdict]]:
    """Judge the case of each seed; the result maps each subject to its verdicts.

    Args:
        seeds: the cases.
        workers: number of commands that run at a time.
    """
    verdicts: dict[str, list[Verdict]] = {subject: [] for subject in SUBJECTS}
    with tempfile.TemporaryDirectory() as root, ThreadPoolExecutor(workers) as pool:
        hostility = Hostility(Path(root).resolve())
        for subject, verdict in pool.map(hostility.judge, seeds):
            case, problems = verdict
            for kind, text in problems:  # at once, in case the campaign is stopped
                sys.stderr.write(f"{subject}: {case}: {kind}: {text}\n")
            verdicts[subject].append(verdict)
    return verdicts
