"""Derive the overrides of each job of a grid from the command line and the sweep's file."""

import itertools
import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reviewlab.config.grammar import Grammar, Setting, render
from reviewlab.exceptions import InputError, did_you_mean
from reviewlab.overrides import bare
from reviewlab.sweeps.settings import SweepSettings
from reviewlab.sweeps.space import number_from

FOLD = "data.fold"

KEY = re.compile(r"(?!(sweep|hydra)\b)[A-Za-z_][A-Za-z0-9_./@-]*")
"""Matches a key or group that can vary: any of a run, none of `sweep` or `hydra`."""


Axis = list[tuple[Setting, ...]]
"""One loop of the grid: each entry holds the settings that apply together."""


@dataclass(frozen=True)
class OverrideGrid:
    """A grid of jobs: the settings that all jobs share, and those that vary.

    Attributes:
        shared: the settings that all jobs share.
        axes: the loops over varying settings, the outermost first.
        exclude: rules that map keys to values; a job that has all values of a rule is left out.
        name: the sweep's name; each null seed is replaced by a number derived from it.
    """

    shared: list[Setting]
    axes: list[Axis]
    exclude: Sequence[Mapping[str, Any]]
    name: str

    @property
    def fixed(self) -> list[str]:
        """The overrides that all jobs share."""
        return [setting.text for setting in self.shared]

    @property
    def varied(self) -> tuple[str, ...]:
        """The keys that vary, in order."""
        return tuple(setting.key for axis in self.axes for setting in axis[0])

    @property
    def choices(self) -> dict[str, list[str]]:
        """A mapping from each varying key to the overrides that set it."""
        settings = [setting for axis in self.axes for entry in axis for setting in entry]
        return {key: [s.text for s in settings if s.key == key] for key in self.varied}

    def __len__(self) -> int:
        """Count the jobs, including those that rules exclude."""
        return math.prod(len(axis) for axis in self.axes)

    def __iter__(self) -> Iterator[tuple[str, ...]]:
        """Yield the overrides of each job.

        A null seed becomes a number derived from the sweep's name and the job's position.
        """
        for position, combination in enumerate(itertools.product(*self.axes)):
            settings = [setting for entry in combination for setting in entry]
            everything = [*self.shared, *settings]
            if not any(_matches(rule, everything) for rule in self.exclude):
                yield tuple(_with_seed(setting, self.name, position) for setting in settings)


def expand_grid(
    arguments: Sequence[str], settings: SweepSettings, name: str, grammar: Grammar
) -> OverrideGrid:
    """Combine the command line with the sweep's file into a grid.

    For a key given in both, the command line wins. Seeds are the outermost loop, followed by folds:
    each configuration runs once before any runs twice, so that an early leaderboard includes all of
    them.

    Args:
        arguments: the overrides of the command line.
        settings: the settings of the sweep's file.
        name: the sweep's name; each null seed is replaced by a number derived from it.
        grammar: Hydra's grammar, which looks up the choices of groups.

    Raises:
        InputError: a key has no values, the settings contradict each other, or no job is left.
    """
    given = {override.key: override for override in grammar.parse(arguments)}
    groups = [settings.grid, *settings.zip]
    _refuse_keys([key for group in groups for key in group])
    own, *zipped = ({k: v for k, v in group.items() if bare(k) not in given} for group in groups)
    axes: list[Axis] = [_zip_columns(group, grammar) for group in zipped if group]
    shared: list[Setting] = []
    columns = [override.settings() for override in given.values()]
    columns += [_from_file(key, value, grammar) for key, value in own.items()]
    fixed = {*given, *own}
    columns += [column for column in _repetitions(settings, fixed) if column[0].key not in fixed]
    for values in columns:
        if len(values) == 1 and (values[0].key, values[0].value) != ("seed", None):
            shared.append(values[0])
        else:
            axes.append([(value,) for value in values])
    axes.sort(key=lambda axis: _nesting(axis[0][0].key))
    grid = OverrideGrid(shared, axes, settings.exclude, name)
    _refuse_rules_that_never_match(grid)
    return grid


def _repetitions(settings: SweepSettings, fixed: Collection[str]) -> list[list[Setting]]:
    """Return the seeds and folds that the sweep asks for, as a list of settings for each key.

    Args:
        settings: the settings of the sweep's file.
        fixed: the keys that have values already.

    Raises:
        InputError: the number of folds is given twice.
    """
    columns = []
    if settings.seeds is not None:
        columns.append(_count("seed", settings.seeds))
    if settings.folds is not None:
        if "data.folds" in fixed:
            raise InputError(
                f"sweep.folds: {settings.folds} cannot be combined with data.folds, which it sets"
                " itself; give only one of them"
            )
        folds = settings.folds
        columns += [[Setting("data.folds", f"data.folds={folds}", folds)], _count(FOLD, folds)]
    return columns


def _count(key: str, number: int) -> list[Setting]:
    return [Setting(key, f"{key}={n}", n) for n in range(number)]


def _nesting(key: str) -> int:
    """Return the place of a key's loop: seeds outside, then folds, then everything else."""
    return {"seed": 0, FOLD: 1}.get(key, 2)


def _from_file(key: str, value: Any, grammar: Grammar) -> list[Setting]:
    if isinstance(value, str):
        return grammar.parse([f"{key}={value}"])[0].settings()
    values = value if isinstance(value, list) else [value]
    if not values:
        raise InputError(f"sweep: {key}: no value; give at least one")
    return [Setting(bare(key), f"{key}={render(item)}", item) for item in values]


def _zip_columns(group: Mapping[str, Any], grammar: Grammar) -> Axis:
    columns = [_from_file(key, value, grammar) for key, value in group.items()]
    lengths = {settings[0].key: len(settings) for settings in columns}
    if len({*lengths.values()}) > 1:
        counts = ", ".join(f"{key} has {length}" for key, length in lengths.items())
        raise InputError(f"sweep.zip: {counts}; allowed: the same number of values for each key")
    return [*zip(*columns, strict=True)]


def _refuse_keys(keys: Sequence[str]) -> None:
    """Refuse keys of the sweep's file that cannot vary, or that are listed twice."""
    seen: set[str] = set()
    for key in map(str, keys):
        if not KEY.fullmatch(bare(key)):
            raise InputError(
                f"sweep: {key!r} cannot vary; allowed: keys of a run, such as optimizer.lr"
            )
        if bare(key) in seen:
            raise InputError(
                f"sweep: {key!r} is listed twice; list it once, in sweep.grid or in sweep.zip"
            )
        seen.add(bare(key))


def _refuse_rules_that_never_match(grid: OverrideGrid) -> None:
    fixed = {setting.key for setting in grid.shared}  # varied until the command line fixed a value
    for key in itertools.chain.from_iterable(grid.exclude):
        if key not in {*grid.varied, *fixed}:
            varied = ", ".join(grid.varied) or "no rule, since nothing varies"
            hint = did_you_mean(key, grid.varied) or f"; allowed: {varied}"
            raise InputError(f"sweep.exclude: {key!r} does not vary{hint}")
    if not any(True for _ in grid):
        raise InputError("sweep.exclude: no job is left; remove a rule, or make one narrower")


def _matches(rule: Mapping[str, Any], settings: Sequence[Setting]) -> bool:
    values = {setting.key: setting.value for setting in settings}
    return all(
        values[key] in wanted if isinstance(wanted, list) else values[key] == wanted
        for key, wanted in rule.items()
    )


def _with_seed(setting: Setting, name: str, position: int) -> str:
    if setting.key != "seed" or setting.value is not None:
        return setting.text
    return f"seed={number_from(f'{name}/{position}')}"
