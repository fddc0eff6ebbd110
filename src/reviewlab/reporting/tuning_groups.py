"""Tuning curves of a leaderboard: one for each value of a key that varies."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reviewlab.exceptions import InputError, did_you_mean
from reviewlab.reporting.leaderboard import Leaderboard
from reviewlab.reporting.line import Line
from reviewlab.reporting.metric_table import metric_ends
from reviewlab.reporting.rows import Row
from reviewlab.reporting.seeds import OUTSTANDING, same_settings
from reviewlab.reporting.statistics import LEVEL
from reviewlab.reporting.tuning import TuningCurve, tuning_curve
from reviewlab.reporting.varied import EXPERIMENT, order, setting_of, short_keys

OPTION = "tuning-curves"

MOST = 10
"""Most values of a key that are compared; each has a colour in the figure."""


@dataclass(frozen=True)
class TuningCurves:
    """The tuning curves of the values of a key.

    Attributes:
        key: the key, as short as in the leaderboard.
        metric: name of the metric.
        mode: `max` if larger values are better, else `min`.
        curves: maps each value to its curve, at every k from 1 to the number of its trials.
        lost: number of trials without a value, each of which counts as the worst possible value.
        confidence: probability that each band holds its whole curve.
    """

    key: str
    metric: str
    mode: str
    curves: Mapping[str, TuningCurve]
    lost: int
    confidence: float


def make_tuning_curves(board: Leaderboard, named: str) -> TuningCurves:
    """Estimate a tuning curve for each value of a key, with bands that hold together.

    Each configuration counts once, with the mean of its seeds; if it confirms a trial of a search,
    with the trial's value, since the other trials have one run as well.

    Args:
        board: the leaderboard.
        named: the key, in full or as the leaderboard shows it; empty for the first group that
            varies.

    Raises:
        InputError: the key does not vary, has too many values, or the runs use several data sets.
    """
    if board.parts:
        raise InputError(
            f"{OPTION}: the runs use {len(board.parts)} different data sets, whose results cannot "
            "be compared; report the runs of one of them"
        )
    key = _find_key(board, named)
    ends = metric_ends(board.metric)
    values: dict[str, list[float]] = defaultdict(list)
    for line in board.lines:
        values[line.settings[key]].append(_value(line))
    lost = _lost(board, key)
    for value, number in lost.items():
        values[value] += [ends[board.mode == "min"]] * number
    _refuse_values(key, values)
    confidence = 1 - LEVEL / len(values)
    curves = {
        value: tuning_curve(
            values[value], range(1, len(values[value]) + 1), board.mode, ends, confidence
        )
        for value in sorted(values, key=order)
    }
    short = short_keys(board.keys)[key]
    return TuningCurves(short, board.metric, board.mode, curves, sum(lost.values()), confidence)


def _find_key(board: Leaderboard, named: str) -> str:
    """Return the key that is meant; by default the first group whose choice varies."""
    short = short_keys(board.keys)
    allowed = f"allowed: {', '.join(board.keys) or 'a sweep in which a key varies'}"
    if named:
        for key in board.keys:
            if named in (key, short[key]):
                return key
        hint = did_you_mean(named, [*board.keys]) or ";"
        raise InputError(f"{OPTION}: {named!r} does not vary{hint} {allowed}")
    rows = board.rows
    groups = [key for key in board.keys if any(_is_group(row, key) for row in rows)]
    if not groups:
        raise InputError(f"{OPTION}: no group varies; name a key; {allowed}")
    return groups[0]


def _is_group(row: Row, key: str) -> bool:
    return key == EXPERIMENT or any(other.startswith(f"{key}.") for other in row.settings)


def _value(line: Line) -> float:
    if line.trial is not None and line.trial.value is not None:
        return line.trial.value
    return line.mean


def _lost(board: Leaderboard, key: str) -> dict[str, int]:
    """For each value of the key, count the configurations of which no run has a value."""
    known = {same_settings(row.settings) for row in board.rows}
    lost: dict[str, set[str]] = defaultdict(set)
    for row in board.others:
        identity = same_settings(row.settings)
        if row.settings and row.state not in OUTSTANDING and identity not in known:
            lost[setting_of(row, key)].add(identity)
    return {value: len(identities) for value, identities in lost.items()}


def _refuse_values(key: str, values: Mapping[str, Sequence[float]]) -> None:
    if max(map(len, values.values())) == 1:
        raise InputError(
            f"{OPTION}: {key}: each value has one configuration, so there is nothing to tune; "
            "allowed: a key beside which other keys vary"
        )
    if len(values) > MOST:
        raise InputError(
            f"{OPTION}: {key}: {len(values)} values are too many; allowed: at most {MOST}"
        )
