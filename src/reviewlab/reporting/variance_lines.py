"""The analysis of variance of a grid, in sentences."""

from collections.abc import Iterator, Mapping

from reviewlab.overrides import without_rounding_error
from reviewlab.reporting.statistics import LEVEL
from reviewlab.reporting.variance import Component, Variance

PAIRS = 3
"""Most pairs of keys that get a sentence."""

LEAST = 0.005
"""Smallest share that is listed."""

VALUES = 6
"""Most values of a key for which a sentence names the best value of another one."""


def variance_lines(variance: Variance, short: Mapping[str, str]) -> Iterator[str]:
    """Yield a line with the shares of the variance, then a line for each strong interaction.

    Args:
        variance: the parts of the variance.
        short: the shortened names of the keys.
    """
    shares = {_name(part, short): part.share for part in variance.components}
    shares |= {"more keys together": variance.further}
    shares |= {"seeds": variance.seeds, "noise": variance.noise}
    listed = [f"{name} {_percent(share)}" for name, share in shares.items() if share >= LEAST]
    yield f"variance of the runs: {', '.join(listed)}"
    pairs = [part for part in variance.components if len(part.keys) == 2]
    strong = [part for part in pairs if part.p is not None and part.p * len(pairs) < LEVEL]
    for part in [part for part in strong if part.share >= LEAST][:PAIRS]:
        yield _describe(part, short)


def _describe(part: Component, short: Mapping[str, str]) -> str:
    """Describe an interaction by the best value of one key for each value of the other."""
    first, second = (short[key] for key in part.keys)
    start = f"{first} and {second} act together ({_percent(part.share)} of the variance)"
    bests = {best for _, best in part.best}
    if len(bests) == 1:
        return f"{start}: best {second} {_value(*bests)} with every {first}, by different leads"
    if len(part.best) > VALUES:
        return f"{start}: which {second} is best depends on {first}"
    cases = (f"{_value(best)} with {first}={_value(value)}" for value, best in part.best)
    return f"{start}: best {second} {', '.join(cases)}"


def _name(part: Component, short: Mapping[str, str]) -> str:
    return " x ".join(short[key] for key in part.keys)


def _value(value: str) -> str:
    return without_rounding_error(value)


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.01 else f"{100 * share:.1f} %"
