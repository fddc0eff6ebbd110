"""The space of a search, from its command line and its file."""

from collections.abc import Sequence
from typing import NamedTuple

from reviewlab.config.grammar import Grammar, render
from reviewlab.exceptions import InputError
from reviewlab.overrides import bare
from reviewlab.sweeps.settings import SweepSettings
from reviewlab.sweeps.space import Choice, Interval, Space, number_from


class SearchOverrides(NamedTuple):
    """The overrides that all trials share, and the space that each chooses from."""

    fixed: list[str]
    space: Space


def read_search_space(
    arguments: Sequence[str], settings: SweepSettings, name: str, grammar: Grammar
) -> SearchOverrides:
    """Read what stays and what is searched; the command line wins over the sweep's file.

    In the file's `grid` a text may be what Hydra takes on a command line, intervals included.

    Args:
        arguments: what the command line said of the trials.
        settings: what the sweep's file says.
        name: of the sweep; a null seed is drawn from it, and shared by all trials.
        grammar: Hydra's, which knows the choices of groups.

    Raises:
        InputError: it cannot be searched.
    """
    _refuse_what_only_a_grid_has(settings)
    given = {override.key: override for override in grammar.parse(arguments)}
    texts = [_text(key, value) for key, value in settings.grid.items() if key not in given]
    fixed: list[str] = []
    space: dict[str, Choice | Interval] = {}
    for override in [*given.values(), *grammar.parse(texts)]:
        dimension = override.dimension() if override.varies else None
        if override.key == "seed" and override.is_null:
            fixed.append(f"seed={number_from(name)}")
        elif dimension is None:
            fixed.append(override.text)
        elif isinstance(dimension, Choice) and len(dimension.values) == 1:
            fixed.append(f"{override.element}={dimension.values[0]}")
        else:
            space[override.element] = dimension
    _refuse_nothing(space)
    return SearchOverrides(fixed, space)


def _text(key: str, value: object) -> str:
    if isinstance(value, list):
        if not value:
            raise InputError(f"sweep.grid: {key}: no value; allowed: at least one")
        return f"{key}=choice({','.join(map(render, value))})"
    return f"{key}={value if isinstance(value, str) else render(value)}"


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
        if bare(key) == "seed":
            raise InputError(
                "seed: a search would pick the luckiest; allowed: one seed, such as seed=0"
            )
    if not space:
        raise InputError(
            "hydra/sweeper=optuna: nothing to search; allowed: key=interval(low,high), "
            "key=tag(log,interval(low,high)), key=range(...), key=a,b"
        )
