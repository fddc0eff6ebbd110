"""The command line of `scripts/sweep.py`, which finds all it needs in the sweep's folder."""

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import rich

from reviewlab.cli.parser import Parser
from reviewlab.cluster import scheduler
from reviewlab.cluster.plan import ClusterFolder, ClusterPlan, expected
from reviewlab.cluster.settle import make_queued, settle_without_allocation
from reviewlab.cluster.status_text import submitted_as, sweep_status, without_config
from reviewlab.cluster.submission import submit
from reviewlab.cluster.watch import Watch
from reviewlab.console.commands import command, hand_on, shell_path
from reviewlab.console.exit import exit_on_input_error, tidy_up_on_interrupt
from reviewlab.console.text import count_of, readable_path
from reviewlab.exceptions import InputError, escape_controls
from reviewlab.launching.tables import tables_told
from reviewlab.reporting.reporter import Reporter
from reviewlab.runs.status import read_status
from reviewlab.sweeps.folder import SweepFolder
from reviewlab.sweeps.outcome import known_status
from reviewlab.sweeps.progress import Progress
from reviewlab.sweeps.status_text import folder_status
from reviewlab.sweeps.views import say, sweep_views


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command that the arguments name, such as `status`, for a sweep."""
    with exit_on_input_error(argv) as arguments:
        options = make_parser().parse_args(arguments)
        path = Path(options.sweep)
        if not (path / "sweep.yaml").is_file():
            raise InputError(f"sweep: {str(path)!r} is not a sweep: it has no sweep.yaml")
        tidy_up_on_interrupt()
        hand_on()
        sys.exit(COMMANDS[options.command](ClusterFolder(path)))


def make_parser() -> Parser:
    """Return the parser of the command line."""
    parser = Parser(
        prog=command("sweep"),
        allow_abbrev=False,
        description="Show the status of a sweep, or manage one that was submitted to SLURM.",
    )
    parser.add_argument(
        "command",
        choices=[*COMMANDS],
        help="status: print the state of its jobs, wherever they run. With hydra/launcher=slurm "
        "also wait: follow the jobs until all have ended; cancel: stop the sweep after letting "
        "running jobs save; collect: write the leaderboard of finished jobs; resume: submit the "
        "remaining jobs",
    )
    parser.add_argument("sweep", help="the sweep's folder, outputs/sweeps/<name>")
    return parser


def status(folder: ClusterFolder) -> int:
    """Print the state of the jobs; return 0 if all are done."""
    if not folder.is_submitted:
        return _local_status(SweepFolder(folder.sweep))
    plan, queued = folder.read(), scheduler.queued_ids(folder.owner)
    if queued is not None:
        active = expected(folder, queued)
        for job, path in plan:
            if job.run_id not in active:
                settle_without_allocation(path)
    sys.stdout.write(f"{escape_controls(sweep_status(folder, queued))}\n")
    return 1 if _count_left(plan) else 0


def _local_status(sweep: SweepFolder) -> int:
    found = folder_status(sweep)
    sys.stdout.write(escape_controls("\n".join(found.lines())) + "\n")
    return 0 if found.is_done else 1


def wait(folder: ClusterFolder) -> int:
    """Follow the jobs until all have ended, keeping the leaderboard up to date."""
    plan = folder.read()
    rich.reconfigure(stderr=True)
    places = plan.launcher.jobs_at_a_time(len(plan.jobs))
    progress = Progress(len(plan.jobs), places, plan.metric, plan.mode)
    with sweep_views(progress, _reporter(folder, plan)) as views:
        try:
            Watch(folder, views).run()
        except KeyboardInterrupt:
            say(rich.get_console(), "the jobs continue without this terminal")
            return 130
    return collect(folder)


def collect(folder: ClusterFolder) -> int:
    """Write and print the leaderboard of finished jobs; return 0 if all are done."""
    plan = folder.read()
    reporter = _reporter(folder, plan)
    with tables_told(folder.sweep):
        for _, path in plan:
            reporter.update(path)
        reporter.write()
        reporter.figures()
    counts = Counter(known_status(path, read_status).state for _, path in plan)
    sys.stdout.write(f"{reporter.text(rich.get_console().width)}\n\n")
    sys.stdout.write(f"leaderboard: {readable_path(folder.sweep)}/leaderboard.md (.csv, .html)\n")
    if not _count_left(plan):
        return 0
    states = ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
    can_resume = len(plan.ended()) < len(plan.jobs)
    then = f"; continue with: {_command('resume', folder)}" if can_resume else ""
    sys.stdout.write(f"{states}{then}\n")
    return 1


def cancel(folder: ClusterFolder) -> int:
    """Cancel the sweep's SLURM allocations; running jobs save first and can be resumed."""
    plan, queued = folder.read(), scheduler.known_ids(folder.owner)
    ids = queued & folder.allocations().keys()
    if ids:
        scheduler.cancel(ids)
    done = len(plan.jobs) - _count_left(plan)
    sys.stdout.write(
        f"{count_of(len(ids), 'allocation')} cancelled, {done} of {len(plan.jobs)} jobs are done; "
        f"continue with: {_command('resume', folder)}\n"
    )
    return 0


def resume(folder: ClusterFolder) -> int:
    """Submit the jobs that are not in SLURM's queue, are not done and have attempts left.

    Returns:
        1 if a job's config is missing, which only the command that started the sweep can write
        again; else 0.
    """
    sweep = SweepFolder(folder.sweep)
    with sweep.held():
        plan, active = folder.read(), expected(folder, scheduler.known_ids(folder.owner))
        excluded = {earlier.job.run_id for earlier in plan.ended()} | active.keys()
        left = [(job, path) for job, path in plan if job.run_id not in excluded]
        whole = [(job, path) for job, path in left if (path / "config.yaml").is_file()]
        ready = [j for j, path in whole if settle_without_allocation(path) and make_queued(path)]
        submitted = submit(folder, plan.launcher, ready) if ready else []
    parts = [submitted_as(ready, submitted)] if ready else []
    parts += [f"{count_of(len(active), 'job')} already in SLURM's queue"] if active else []
    lines = [f"{', '.join(parts)}; follow: {_command('wait', folder)}"] if parts else []
    lost = [job for job, path in left if (job, path) not in whole]
    if lost:
        command = (sweep.read() or {}).get("command", "the command that started the sweep")
        lines.append(f"{without_config(lost)}; continue with: {command}")
    sys.stdout.write(escape_controls("\n".join(lines or ["nothing is left to do"]) + "\n"))
    return 1 if lost else 0


def _reporter(folder: ClusterFolder, plan: ClusterPlan) -> Reporter:
    planned = SweepFolder(folder.sweep).plan()
    return Reporter(folder.sweep, plan.metric, plan.mode, plan=planned)


def _count_left(plan: ClusterPlan) -> int:
    """Count the jobs that are not done."""
    return sum(not known_status(path).is_done for _, path in plan)


def _command(word: str, folder: ClusterFolder) -> str:
    return f"{command('sweep')} {word} {shell_path(folder.sweep)}"


COMMANDS: dict[str, Callable[[ClusterFolder], int]] = {
    "status": status,
    "wait": wait,
    "cancel": cancel,
    "collect": collect,
    "resume": resume,
}
