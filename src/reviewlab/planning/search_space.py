"""From what a person says of a search to what stays and what is searched."""

from collections.abc import Sequence
from typing import NamedTuple

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import IntervalSweep, Override, RangeSweep

from reviewlab.exceptions import InputError
from reviewlab.planning.grid import render, typed
from reviewlab.sweeps.settings import SweepSettings
from reviewlab.sweeps.space import Choice, Interval, Space, number_from


class Searched(NamedTuple):
    """What all trials share, as overrides, and what each chooses from."""

    fixed: list[str]
    space: Space


def searched(
    arguments: Sequence[str], settings: SweepSettings, name: str, parser: OverridesParser
) -> Searched:
    """The search that `arguments` and the sweep's file ask for; the command line wins.

    In the file's `grid` a text may be what Hydra takes on a command line, intervals included.

    name: of the sweep; a null seed is drawn from it, and shared by all trials.
    parser: Hydra's, which knows the choices of groups.
    Raises: InputError for what cannot be searched.
    """
    _refuse_what_only_a_grid_has(settings)
    overrides = {_key(o): o for o in parser.parse_overrides([*arguments])}
    texts = [_text(key, value) for key, value in settings.grid.items() if key not in overrides]
    fixed: list[str] = []
    space: dict[str, Choice | Interval] = {}
    for override in [*overrides.values(), *parser.parse_overrides(texts)]:
        dimension = _dimension(override) if override.is_sweep_override() else None
        if _key(override) == "seed" and override.value() is None:
            fixed.append(f"seed={number_from(name)}")
        elif dimension is None:
            fixed.append(str(override.input_line))
        elif isinstance(dimension, Choice) and len(dimension.values) == 1:
            fixed.append(f"{override.get_key_element()}={dimension.values[0]}")
        else:
            space[str(override.get_key_element())] = dimension
    _refuse_nothing(space)
    return Searched(fixed, space)


def _text(key: str, value: object) -> str:
    if isinstance(value, list):
        if not value:
            raise InputError(f"sweep.grid: {key}: no value; allowed: at least one")
        return f"{key}=choice({','.join(map(render, value))})"
    return f"{key}={value if isinstance(value, str) else render(value)}"


def _dimension(override: Override) -> Choice | Interval:
    said, value = override.input_line, override.value()
    log = "log" in getattr(value, "tags", ())
    if isinstance(value, IntervalSweep):
        if value.start is None or value.end is None:
            raise InputError(f"{said}: has no ends; allowed: interval(start, end)")
        return _checked(Interval(value.start, value.end, log=log), said)
    texts = tuple(dict.fromkeys(map(typed, override.sweep_string_iterator())))
    if not texts:
        raise InputError(f"{said}: no value; allowed: at least one")
    if isinstance(value, RangeSweep) and len(texts) > 1:
        numbers = [_number(text) for text in texts]
        step = abs(value.step)
        return _checked(Interval(min(numbers), max(numbers), step, log), said)
    if log:
        raise InputError(f"{said}: a choice has no logarithm; allowed: an interval or a range")
    return Choice(texts)


def _number(text: str) -> float:
    return int(text) if text.lstrip("-").isdecimal() else float(text)


def _checked(interval: Interval, said: str | None) -> Interval:
    if not interval.low < interval.high:
        raise InputError(f"{said}: ends where it starts; allowed: interval(low, high)")
    if interval.log and interval.low <= 0:
        raise InputError(f"{said}: {interval.low} has no logarithm; allowed: numbers > 0")
    if interval.log and interval.step not in (None, 1):
        raise InputError(f"{said}: log has no steps of {interval.step}; allowed: an interval")
    return interval


def _key(override: Override) -> str:
    return str(override.get_key_element()).lstrip("+~")


def _refuse_what_only_a_grid_has(settings: SweepSettings) -> None:
    for key in ("zip", "exclude", "seeds", "max_attempts"):
        value, unsaid = getattr(settings, key), getattr(SweepSettings(), key)
        if value != unsaid:
            raise InputError(
                f"sweep.{key}: {value!r} is for a grid; allowed with hydra/sweeper=optuna: "
                f"{render(unsaid)}"
            )


def _refuse_nothing(space: Space) -> None:
    for key in space:
        if key.lstrip("+") == "seed":
            raise InputError(
                "seed: a search would pick the luckiest; allowed: one seed, such as seed=0"
            )
    if not space:
        raise InputError(
            "hydra/sweeper=optuna: nothing to search; allowed: key=interval(low,high), "
            "key=tag(log,interval(low,high)), key=range(...), key=a,b"
        )
