"""The folder of one sweep: claimed by a single process and locked while that process works."""

import os
import time
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, NotRequired, cast, get_type_hints

from typing_extensions import TypedDict  # that of typing cannot be checked in Python 3.11

from reviewlab.exceptions import InputError
from reviewlab.reporting.metric_table import DEFAULT_METRIC, default_margin
from reviewlab.reporting.plan import Incomplete, Plan, RacePlan
from reviewlab.runs.files import make_folder, make_new_folder, readable
from reviewlab.runs.identity import Config, slug
from reviewlab.runs.lock import Layout, alone_in, refuse_wrong_kinds
from reviewlab.runs.yaml_file import read_yaml, write_yaml
from reviewlab.sweeps.job import Job

SLUG_LENGTH = 60

SWEEP_LAYOUT = Layout(
    (
        *("sweep.yaml", "leaderboard.md", "leaderboard.csv", "leaderboard.html", ".lock"),
        *("report.html", "study.journal", "study.journal.lock", "cluster/plan.json"),
    ),
    ("jobs", "figures", "cluster"),
)


class StudyIdentity(TypedDict):
    """The parts of a search that cannot change once its study has begun.

    Attributes:
        space: maps each key to its choices or interval, as text.
        objectives: the metrics that trials are compared by, each mapped to min or max.
        sampler: tpe, or random if no launch has drawn any trial with tpe; it may change.
    """

    space: dict[str, str]
    objectives: dict[str, str]
    sampler: NotRequired[str]


class RaceRecord(TypedDict):
    """The rounds of a race, as in `RacePlan`; only the race of a search has `finalists`."""

    rounds: list[str]
    configurations: int
    finalists: NotRequired[list[int]]


def race_record(race: RacePlan) -> RaceRecord:
    """Return the form in which `sweep.yaml` keeps a race."""
    record: RaceRecord = {"rounds": [*race.rounds], "configurations": race.configurations}
    return record if race.finalists is None else {**record, "finalists": [*race.finalists]}


class SweepRecord(TypedDict, total=False):
    """The content of `sweep.yaml`; any key may be missing in a file from an earlier version.

    Attributes:
        name: the sweep's name.
        command: the command that continues the sweep.
        metric: the metric that the leaderboard ranks by.
        mode: min or max.
        margin: the largest difference that counts as equal; None if equality is never claimed.
        incomplete: what becomes of configurations with missing runs.
        varied: the keys that vary.
        search: the identity of the search; None for a grid.
        jobs: the number of jobs; None for a search or a race, which chooses its jobs as it goes.
        seeds: the seeds that were planned when the sweep began, or when a search first planned to
            confirm its best trials; they stay the same when the sweep is continued with more.
        race: the rounds of a race; None if the sweep is not a race.
        max_attempts: how often a job may fail before the sweep gives up on it.
        base: the config that all jobs share.
        code: a digest of each source file that can change a run's result.
    """

    name: str
    command: str
    metric: str
    mode: str
    margin: float | None
    incomplete: Incomplete
    varied: list[str]
    search: StudyIdentity | None
    jobs: int | None
    seeds: list[str]
    race: RaceRecord | None
    max_attempts: int
    base: Config
    code: dict[str, str]


class SweepFolder:
    """The folder of a sweep, with its jobs and its leaderboard.

    Args:
        path: the folder; its name is the name of the sweep.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self.jobs = self.path / "jobs"

    @classmethod
    def claim(cls, parent: Path, name: str) -> "SweepFolder":
        """Create `<parent>/<name>`, or `<name>-2`, `<name>-3`, ... if that name is taken."""
        return cls(make_new_folder(parent / name))

    def make(self) -> bool:
        """Create the folder if there is none; return True if it is new.

        Raises:
            InputError: there is a file of this name, or the folder cannot be created.
        """
        try:
            make_folder(self.path)
        except FileExistsError:
            if self.path.is_dir():
                return False
            raise InputError(
                f"sweep.name: {str(self.path)!r} is a file; allowed: the name of a sweep, or a new "
                "name"
            ) from None
        return True

    def held(self) -> AbstractContextManager[None]:
        """Return a context manager that locks the folder.

        Raises:
            InUseError: another process holds the lock; the message names it.
            InputError: something in the folder is of the wrong kind.
        """
        refusal = f"sweep.name: {self.path.name!r} is being worked on by"
        return alone_in(self.path, SWEEP_LAYOUT, refusal)

    def refuse_wrong_kinds(self) -> None:
        """Refuse a folder in which a file is in a folder's place, or a folder in a file's.

        Raises:
            InputError: something is of the wrong kind; the message names it.
        """
        refuse_wrong_kinds(self.path, SWEEP_LAYOUT)

    def of_jobs(self) -> dict[str, Path]:
        """Map the run id of each started job to its folder; if an id has several, to the first."""
        folders: dict[str, Path] = {}
        for folder in sorted(self.jobs.glob("*-*")):
            if folder.is_dir():
                folders.setdefault(folder.name.rpartition("-")[2], folder)
        return folders

    def of_job(self, job: Job) -> Path:
        """Return the path of the folder for a new job; the folder is not created."""
        name = slug(job.overrides)[:SLUG_LENGTH].rstrip("-_.")
        return self.jobs / f"{job.number:04d}-{name}-{job.run_id}"

    def read(self) -> SweepRecord | None:
        """Read `sweep.yaml`; None if there is none.

        Raises:
            InputError: the file is damaged. Without it, a sweep would be ranked by another metric,
                and continued as if it were new.
        """
        path = self.path / "sweep.yaml"
        if not os.path.lexists(path):
            return None
        with readable(path, "sweep"):
            return _check_record(read_yaml(path))

    def plan(self, metric: str | None = None) -> Plan:
        """Return the statistical plan of the sweep for a metric, by default for its own.

        The recorded margin only suits the sweep's own metric; any other has its default.
        """
        record = self.read() or {}
        own = record.get("metric", DEFAULT_METRIC)
        margin = default_margin(metric or own)
        if metric in (None, own):
            margin = record.get("margin", margin)
        race = record.get("race")
        return Plan(
            record.get("seeds", []),
            margin,
            None if race is None else RacePlan(**race),
            record.get("incomplete", "keep"),
        )

    def write(self, record: SweepRecord) -> None:
        """Write `sweep.yaml`."""
        write_yaml(self.path / "sweep.yaml", record)


def _check_record(content: Any) -> SweepRecord:
    """Return the content of `sweep.yaml`; refuse values that no sweep writes there."""
    from reviewlab.values import check_value  # imports pydantic, which a lone run does not need

    if not isinstance(content, dict):
        raise ValueError("it is not a mapping of keys")
    annotations = get_type_hints(SweepRecord)
    known = {key: annotations[key] for key in annotations.keys() & content.keys()}
    checked = {key: check_value(content[key], known[key], key) for key in known}
    return cast(SweepRecord, content | checked)


def prepare_checks() -> None:
    """Build what checks the content of `sweep.yaml`, which is then remembered."""
    from reviewlab.values import make_adapter

    for annotation in get_type_hints(SweepRecord).values():
        make_adapter(annotation)


def default_name(what: str) -> str:
    """Return a name for a sweep: `what`, made safe for file names, then the current time."""
    return f"{slug([what])[:SLUG_LENGTH]}-{time.strftime('%Y-%m-%d_%H-%M-%S')}"
