"""The table of a sweep's jobs, which `sweep.dry_run=true` prints."""

import itertools
from typing import Any

from reviewlab.planning.dry_run import estimate_seconds, format_jobs
from reviewlab.planning.plan import Planner
from reviewlab.sweeps.settings import SweepSettings

SMALL = ["data.reviews=200", "trainer.max_epochs=1"]


def table(*arguments: str, **settings: Any) -> list[str]:
    made = Planner([*SMALL, *arguments], SweepSettings(**settings), "s")
    jobs = made.jobs()
    lines = format_jobs(made, jobs, estimate_seconds(made, jobs), slots=2).splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[0] == "s: ranked by val/accuracy (max)"
    assert lines[-1].endswith("nothing was started")
    return lines[2:-1]


def test_the_table_of_jobs() -> None:
    header, *lines, _, total = table("model=lstm,gru", "optimizer.lr=1e-3,1e-2", seeds=2)
    assert header.split() == ["job", "seed", "model", "lr", "parameters", "steps", "about"]
    expected = itertools.product("01", ("lstm", "gru"), ("0.001", "0.01"))
    for number, (line, values) in enumerate(zip(lines, expected, strict=True)):
        assert line.split()[:4] == [str(number), *values]
    assert total.startswith("8 jobs, 32 steps, about ")


def test_one_job_is_no_jobs() -> None:
    *_, total = table("model=mlp")
    assert total.startswith("1 job, 4 steps, about ")


def test_long_values_are_cut_before_the_table_gets_too_wide() -> None:
    widths = "model.widths=[2,3],[2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23]"
    _, short, long, *_ = table("model=cnn", widths)
    assert "[2,3] " in short
    assert "[2,3,4,5," in long
    assert "…" in long


def test_of_many_jobs_the_table_shows_both_ends() -> None:
    lines = table("seed=range(40)", "model=mlp")
    assert len(lines) == 1 + 20 + 1 + 5 + 2
    assert "15 more" in lines[21]
    assert lines[22].split()[0] == "35"
