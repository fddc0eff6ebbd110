"""How many seeds a sweep needs, from the noise of earlier runs."""

import re
from pathlib import Path

import numpy as np
import pytest
from tests.reporting.folders import config, run

from reviewlab.exceptions import InputError
from reviewlab.planning.pilot import plan_seeds, read_pilot
from reviewlab.sweeps.job import Job
from reviewlab.sweeps.settings import SweepSettings


def pilot(folder: Path, deviation: float = 0.01, rates: int = 3, seeds: int = 40) -> Path:
    rng = np.random.default_rng(0)
    for rate in range(rates):
        for seed in range(seeds):
            value = 0.8 + rate / 100 + deviation * rng.standard_normal()
            run(folder / f"{rate}-{seed}", config(lr=1 + rate, seed=seed), value)
    return folder


def jobs(configurations: int, seeds: int) -> list[Job]:
    return [
        Job(0, (), f"{one}-{seed}", str(one), 1, 100, 10, seed=str(seed))
        for one in range(configurations)
        for seed in range(seeds)
    ]


def said(folder: Path, configurations: int = 2, seeds: int = 5, **settings: object) -> list[str]:
    found = read_pilot(folder, "val/accuracy")
    return (
        plan_seeds(found, jobs(configurations, seeds), 60.0, 2, SweepSettings(**settings))
        .replace(",\n", ", ")
        .splitlines()
    )


def test_smaller_differences_take_more_seeds_and_time(tmp_path: Path) -> None:
    first, *rows, planned, _ = said(pilot(tmp_path), margin=0.01)
    assert "(3 configurations, 120 runs), runs that differ in the seed have an sd of 0.0" in first
    found = [
        re.match(r"  to find a difference of (.*): (\d+) seeds, (\d+) jobs", row) for row in rows
    ]
    differences, seeds, runs = zip(*(match.groups() for match in found if match), strict=True)
    assert differences == ("0.01", "0.02", "0.04", "0.08")
    assert [*map(int, seeds)] == sorted(map(int, seeds), reverse=True)
    assert [2 * int(one) for one in seeds] == [*map(int, runs)]
    # a difference of one standard deviation, paired t test at 4 %: 19 pairs by the usual tables
    assert 17 <= int(seeds[0]) <= 21
    assert re.fullmatch(
        r"  as planned, with 5 runs of each: differences of 0.02\d* and more", planned
    )


def test_more_configurations_need_more_seeds(tmp_path: Path) -> None:
    def seeds(configurations: int) -> int:
        row = said(pilot(tmp_path / str(configurations)), configurations, margin=0.01)[1]
        return int(row.split(": ")[1].split()[0])

    assert seeds(3) < seeds(24)


def test_folds_share_the_runs_between_them(tmp_path: Path) -> None:
    rows = said(pilot(tmp_path), margin=0.08, folds=5)
    assert re.search(r"difference of 0.08: 1 seed, 10 jobs", rows[1])
    assert "more than 1000 runs" in said(tmp_path, margin=0.001, folds=5)[1]


def test_a_loss_is_planned_in_parts_of_its_noise(tmp_path: Path) -> None:
    found = said(pilot(tmp_path), metric="val/loss", mode="min")
    deviation = float(found[0].rpartition(" ")[2].rstrip("."))
    assert float(found[3].split(":")[0].rpartition(" ")[2]) == pytest.approx(deviation, rel=0.02)


def test_one_seed_or_one_configuration_cannot_be_planned_for(tmp_path: Path) -> None:
    pilot(tmp_path)
    assert "with a single seed nothing can be claimed" in said(tmp_path, seeds=1)[-2]
    assert said(tmp_path, configurations=1)[-1].endswith("compared with nothing.")


@pytest.mark.parametrize(("rates", "seeds"), [(1, 5), (3, 1)])
def test_a_pilot_without_repeated_pairs_is_refused(tmp_path: Path, rates: int, seeds: int) -> None:
    with pytest.raises(InputError, match=r"sweep.pilot: .* at least two configurations"):
        read_pilot(pilot(tmp_path, rates=rates, seeds=seeds), "val/accuracy")


def test_a_pilot_without_runs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="contains no runs"):
        read_pilot(tmp_path, "val/accuracy")
    with pytest.raises(InputError, match=r"sweep.pilot: .*nothing' is no folder"):
        read_pilot(tmp_path / "nothing", "val/accuracy")
