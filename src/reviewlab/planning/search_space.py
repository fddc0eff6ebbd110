"""Read the space of a search from the command line and the sweep's file."""

from collections.abc import Sequence
from typing import NamedTuple

from reviewlab.config.grammar import Grammar, render
from reviewlab.exceptions import InputError
from reviewlab.overrides import bare
from reviewlab.sweeps.settings import SweepSettings
from reviewlab.sweeps.space import Choice, Interval, Space, number_from


class SearchOverrides(NamedTuple):
    """The overrides that all trials share, and the space from which each trial draws its values."""

    fixed: list[str]
    space: Space


def read_search_space(
    arguments: Sequence[str], settings: SweepSettings, name: str, grammar: Grammar
) -> SearchOverrides:
    """Read the fixed overrides and the space to search.

    For a key given in both, the command line wins over the sweep's file. Strings in the file's
    `grid` are read as on Hydra's command line, so they may be intervals.

    Args:
        arguments: the overrides of the command line.
        settings: the settings of the sweep's file.
        name: the sweep's name; if the seed is null, all trials share a number derived from it.
        grammar: Hydra's grammar, which looks up the choices of groups.

    Raises:
        InputError: there is nothing to search, or a setting is for grids only.
    """
    _refuse_grid_settings(settings)
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
    _check_space(space)
    return SearchOverrides(fixed, space)


def _text(key: str, value: object) -> str:
    if isinstance(value, list):
        if not value:
            raise InputError(f"sweep.grid: {key}: no value; give at least one")
        return f"{key}=choice({','.join(map(render, value))})"
    return f"{key}={value if isinstance(value, str) else render(value)}"


def _refuse_grid_settings(settings: SweepSettings) -> None:
    for key in ("zip", "exclude", "seeds", "folds", "race", "max_attempts"):
        value, default = getattr(settings, key), getattr(SweepSettings(), key)
        if value != default:
            raise InputError(
                f"sweep.{key}: {value!r} only applies to a grid; "
                f"allowed with hydra/sweeper=optuna: {render(default)}"
            )


def _check_space(space: Space) -> None:
    for key in map(bare, space):
        if key in ("seed", "data.fold"):
            name = key.rpartition(".")[2]
            raise InputError(
                f"{key}: a search would pick the luckiest {name}; allowed: one value, such as"
                f" {key}=0"
            )
    if not space:
        raise InputError(
            "hydra/sweeper=optuna: nothing to search; vary at least one key: "
            "key=interval(low,high), key=tag(log,interval(low,high)), key=range(...) or key=a,b"
        )
