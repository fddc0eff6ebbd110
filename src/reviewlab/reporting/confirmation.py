"""Rank the trials of a search that were run again above those that were not."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewlab.reporting.line import Line
from reviewlab.reporting.plan import Plan
from reviewlab.reporting.prospects import Prospect
from reviewlab.reporting.rows import Row
from reviewlab.reporting.varied import setting_of

if TYPE_CHECKING:
    from reviewlab.reporting.leaderboard import Leaderboard

Build = Callable[[Sequence[Row], Sequence[Row], str, str, Plan], "Leaderboard"]
"""Builds the leaderboard of runs with a value, runs without one, a metric, a mode and a plan."""


def confirmed_first(build: Build) -> Build:
    """Return a function that builds leaderboards like `build`, but tells trials from their tests.

    If a search has confirmed its best trials, only the confirming runs are compared, and their
    configurations come first. The others follow without claims. The trials of confirmed
    configurations were selected for their values, so these do not count: they are only shown.
    """

    def built(
        measured: Sequence[Row], others: Sequence[Row], metric: str, mode: str, plan: Plan
    ) -> "Leaderboard":
        """Build a leaderboard with the confirmed configurations first.

        Args:
            measured: runs with a value.
            others: runs without a value.
            metric: name of the metric that the values belong to.
            mode: `max` if larger values are better, else `min`.
            plan: the statistical plan of the comparison.
        """
        race = plan.race
        if race is None or not race.confirms:
            return build(measured, others, metric, mode, plan)
        confirmed, trials = _split(measured, plan)
        lost, _ = _split(others, plan)
        search = build(trials, others, metric, mode, Plan(margin=plan.margin))
        if not confirmed:
            return search
        tested = build(confirmed, lost, metric, mode, plan)
        lines = _join(tested.lines, search.lines, search.keys, mode)
        return replace(
            search, lines=lines, plan=tested.plan, race=tested.race, left_out=tested.left_out
        )

    return built


def _split(rows: Sequence[Row], plan: Plan) -> tuple[list[Row], list[Row]]:
    """Split runs into those of the race and the search's own."""
    of_race = [plan.race is not None and plan.race.includes(row.seed) for row in rows]
    pairs = [*zip(rows, of_race, strict=True)]
    return [row for row, ours in pairs if ours], [row for row, ours in pairs if not ours]


def _join(
    tested: Sequence[Line], searched: Sequence[Line], keys: Sequence[str], mode: str
) -> list[Line]:
    """Return the confirmed configurations, each with its trial, and then the others.

    Args:
        tested: the configurations whose runs confirm a trial, best first.
        searched: the trials, best first.
        keys: the settings that vary between trials.
        mode: `max` if larger values are better, else `min`.
    """
    trials = {line.configuration_id: line for line in searched}
    sign = 1 if mode == "max" else -1
    first = []
    for line in tested:
        trial = trials.pop(line.configuration_id, None)
        if trial is None:  # its folder is gone
            first.append(
                replace(line, settings={key: setting_of(line.rows[0], key) for key in keys})
            )
            continue
        optimism = sign * (trial.mean - line.mean)
        first.append(replace(line, settings=trial.settings, trial=trial.rows[0], optimism=optimism))
    unclaimed = (
        replace(line, verdict="unknown", p=None, p_equal=None, prospect=Prospect())
        for line in trials.values()
    )
    return [*first, *unclaimed]
