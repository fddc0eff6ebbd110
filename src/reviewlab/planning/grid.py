"""From what a person says about a sweep to the overrides of each of its jobs."""

import itertools
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override

from reviewlab.config.compose import CONFIGS
from reviewlab.exceptions import InputError, did_you_mean
from reviewlab.sweeps.settings import SweepSettings
from reviewlab.sweeps.space import number_from

PLAIN = re.compile(r"[A-Za-z_./][A-Za-z0-9_./:-]*")
"""Text that Hydra's grammar reads as itself."""

KEY = re.compile(r"(?!(sweep|hydra)\b)[A-Za-z_][A-Za-z0-9_./@-]*")
"""What can vary: a key or a group of a run."""


class Setting(NamedTuple):
    """One value of one key: `text` is how it is said on a command line."""

    key: str
    text: str
    value: Any


Axis = list[tuple[Setting, ...]]
"""What varies together: of each entry all settings hold at once."""


@dataclass(frozen=True)
class Grid:
    """What stays and what varies.

    shared: what all jobs have.
    axes: in the order of the loops, the outermost first.
    exclude: rules; a job that matches all of one is left out.
    name: of the sweep, which null seeds are drawn from.
    """

    shared: list[Setting]
    axes: list[Axis]
    exclude: list[dict[str, Any]]
    name: str

    @property
    def fixed(self) -> list[str]:
        """The overrides that all jobs share."""
        return [setting.text for setting in self.shared]

    @property
    def varied(self) -> tuple[str, ...]:
        """The keys that vary, in order."""
        return tuple(setting.key for axis in self.axes for setting in axis[0])

    def __len__(self) -> int:
        """How many jobs there are before any is excluded."""
        return math.prod(len(axis) for axis in self.axes)

    def __iter__(self) -> Iterator[tuple[str, ...]]:
        """The overrides of each job.

        A null seed becomes a number drawn from the sweep's name and the job's position.
        """
        for position, combination in enumerate(itertools.product(*self.axes)):
            settings = [setting for entry in combination for setting in entry]
            everything = [*self.shared, *settings]
            if not any(_matches(rule, everything) for rule in self.exclude):
                yield tuple(_said(setting, self.name, position) for setting in settings)


def grid(
    arguments: Sequence[str], settings: SweepSettings, name: str, parser: OverridesParser
) -> Grid:
    """Expand `arguments` of the command line together with what the sweep's file says.

    The command line wins where both speak of one key. Seeds are the outermost loop: every
    configuration has been seen once before one is seen twice, so that an early leaderboard holds
    all of them.

    parser: Hydra's, which knows the choices of groups.
    Raises: InputError for what is empty, contradicts itself or leaves no job.
    """
    said = {_key(override): override for override in parser.parse_overrides([*arguments])}
    groups = [settings.grid, *settings.zip]
    _refuse_keys([key for group in groups for key in group])
    own, *zipped = ({k: v for k, v in group.items() if _bare(k) not in said} for group in groups)
    axes: list[Axis] = [_zip(group, parser) for group in zipped if group]
    shared: list[Setting] = []
    columns = [_settings(override) for override in said.values()]
    columns += [_from_file(key, value, parser) for key, value in own.items()]
    if settings.seeds is not None and "seed" not in {*said, *own}:
        columns.append([Setting("seed", f"seed={n}", n) for n in range(settings.seeds)])
    for values in columns:
        if len(values) == 1 and (values[0].key, values[0].value) != ("seed", None):
            shared.append(values[0])
        else:
            axes.append([(value,) for value in values])
    axes.sort(key=lambda axis: axis[0][0].key != "seed")
    made = Grid(shared, axes, settings.exclude, name)
    _refuse_rules_that_never_match(made)
    return made


def render(value: Any) -> str:
    """`value` as Hydra's grammar writes it.

    >>> render([1, "a b", None, True]), render("lstm")
    ("[1,'a b',null,true]", 'lstm')
    """
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, list | tuple):
        return f"[{','.join(map(render, value))}]"
    if isinstance(value, dict):
        return f"{{{','.join(f'{key}:{render(item)}' for key, item in value.items())}}}"
    if isinstance(value, str):
        if PLAIN.fullmatch(value) and value.lower() not in ("null", "true", "false", "nan", "inf"):
            return value
        inside = re.sub(r"(\\*)'", r"\1\1\'", value)  # backslashes count before a quote only
        inside = re.sub(r"(\\+)$", r"\1\1", inside)
        return f"'{inside}'"
    return str(value)


def _settings(override: Override) -> list[Setting]:
    """The values of an override, each with the words for it alone."""
    key, element = _key(override), override.get_key_element()
    if not override.is_sweep_override():
        value = "~" if override.is_delete() else _plain(override)
        return [Setting(key, str(override.input_line), value)]
    if not override.is_discrete_sweep():
        raise InputError(
            f"{override.input_line}: has no end of values; allowed in a grid: a,b, choice, range, "
            "glob (hydra/sweeper=optuna searches intervals)"
        )
    texts = [f"{element}={typed(text)}" for text in override.sweep_string_iterator()]
    if not texts:
        groups = [str(path.relative_to(CONFIGS)) for path in CONFIGS.rglob("*") if path.is_dir()]
        globs = "=glob(" in str(override.input_line)  # of a group, which may be misspelt
        hint = did_you_mean(key, groups) if globs and key not in groups else ""
        raise InputError(f"{override.input_line}: no value{hint or ';'} allowed: at least one")
    values = OverridesParser.create().parse_overrides(texts)
    return [Setting(key, text, _plain(v)) for text, v in zip(texts, values, strict=True)]


def typed(text: str) -> str:
    """Hydra says True for the true that was typed."""
    return text.lower() if text in ("True", "False") else text


def _plain(override: Override) -> Any:
    value = override.value()
    return getattr(value, "text", value)  # a quoted string is its text


def _from_file(key: str, value: Any, parser: OverridesParser) -> list[Setting]:
    if isinstance(value, str):
        return _settings(parser.parse_overrides([f"{key}={value}"])[0])
    values = value if isinstance(value, list) else [value]
    if not values:
        raise InputError(f"sweep: {key}: no value; allowed: at least one")
    return [Setting(_bare(key), f"{key}={render(item)}", item) for item in values]


def _zip(group: dict[str, Any], parser: OverridesParser) -> Axis:
    columns = [_from_file(key, value, parser) for key, value in group.items()]
    lengths = {settings[0].key: len(settings) for settings in columns}
    if len({*lengths.values()}) > 1:
        shown = ", ".join(f"{key} has {length}" for key, length in lengths.items())
        raise InputError(f"sweep.zip: {shown}; allowed: as many values for each key")
    return [*zip(*columns, strict=True)]


def _key(override: Override) -> str:
    return _bare(str(override.get_key_element()))


def _bare(key: str) -> str:
    return key.lstrip("+~")


def _refuse_keys(keys: Sequence[str]) -> None:
    """Refuse what a file cannot let vary, or lets vary twice."""
    seen: set[str] = set()
    for key in map(str, keys):
        if not KEY.fullmatch(_bare(key)):
            raise InputError(f"sweep: {key!r} cannot vary; allowed: keys of a run, as optimizer.lr")
        if _bare(key) in seen:
            raise InputError(f"sweep: {key!r} varies twice; allowed: in grid or in one of zip")
        seen.add(_bare(key))


def _refuse_rules_that_never_match(made: Grid) -> None:
    settled = {setting.key for setting in made.shared}  # one value said in place of several
    for key in itertools.chain.from_iterable(made.exclude):
        if key not in {*made.varied, *settled}:
            varied = ", ".join(made.varied) or "no rule, since nothing varies"
            hint = did_you_mean(key, made.varied) or f"; allowed: {varied}"
            raise InputError(f"sweep.exclude: {key!r} does not vary{hint}")
    if not any(True for _ in made):
        raise InputError("sweep.exclude: no job is left; allowed: rules that leave some")


def _matches(rule: dict[str, Any], settings: Sequence[Setting]) -> bool:
    values = {setting.key: setting.value for setting in settings}
    return all(
        values[key] in wanted if isinstance(wanted, list) else values[key] == wanted
        for key, wanted in rule.items()
    )


def _said(setting: Setting, name: str, position: int) -> str:
    if setting.key != "seed" or setting.value is not None:
        return setting.text
    return f"seed={number_from(f'{name}/{position}')}"
