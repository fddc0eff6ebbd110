"""Parse overrides with Hydra's grammar: one value, several, or an interval to search."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from hydra.core.global_hydra import GlobalHydra
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import IntervalSweep, Override, RangeSweep

from reviewlab.config.compose import CONFIGS, search_configs
from reviewlab.exceptions import InputError, did_you_mean
from reviewlab.overrides import bare
from reviewlab.sweeps.space import Choice, Interval

PLAIN = re.compile(r"[A-Za-z_./][A-Za-z0-9_./:-]*")
"""Matches text that Hydra's grammar reads as a string even without quotes."""


class Setting(NamedTuple):
    """One value of one key.

    Args:
        key: the key, without Hydra's leading `+` or `~`.
        text: the override that sets the key to this value on a command line.
        value: the value as a Python object.
    """

    key: str
    text: str
    value: Any


class ParsedOverride:
    """An override parsed with Hydra's grammar: it has one value, several, or an interval."""

    def __init__(self, override: Override) -> None:
        self._override = override
        self.element = str(override.get_key_element())
        self.key = bare(self.element)
        self.text = str(override.input_line)
        self.varies = bool(override.is_sweep_override())

    @property
    def is_null(self) -> bool:
        """True if the override sets its key to null."""
        return self._override.value() is None

    def settings(self) -> list[Setting]:
        """Return the override's values, each with an override that sets only this value.

        Raises:
            InputError: the override is an interval, or has no value.
        """
        if not self.varies:
            value = "~" if self._override.is_delete() else _plain(self._override)
            return [Setting(self.key, self.text, value)]
        if not self._override.is_discrete_sweep():
            raise InputError(
                f"{self.text}: a grid cannot contain an interval; allowed: a list such as 'a,b', "
                "or choice(), range() or glob(); to search intervals, use hydra/sweeper=optuna"
            )
        texts = [f"{self.element}={value}" for value in self._values()]
        if not texts:
            raise self._no_value()
        overrides = OverridesParser.create().parse_overrides(texts)
        return [Setting(self.key, t, _plain(o)) for t, o in zip(texts, overrides, strict=True)]

    def dimension(self) -> Choice | Interval:
        """Return the choice or the interval from which a search draws values.

        Raises:
            InputError: there are no values, the interval lacks its start or end, or the scale
                cannot be logarithmic.
        """
        value = self._override.value()
        log = "log" in getattr(value, "tags", ())
        if isinstance(value, IntervalSweep):
            if value.start is None or value.end is None:
                raise InputError(
                    f"{self.text}: the interval needs both a start and an end; allowed: "
                    "interval(start, end)"
                )
            return _refuse_bad_interval(Interval(value.start, value.end, log=log), self.text)
        texts = tuple(dict.fromkeys(self._values()))
        if not texts:
            raise self._no_value()
        if isinstance(value, RangeSweep) and len(texts) > 1:
            numbers = [int(t) if t.lstrip("-").isdecimal() else float(t) for t in texts]
            step = abs(value.step)
            return _refuse_bad_interval(Interval(min(numbers), max(numbers), step, log), self.text)
        if log:
            raise InputError(
                f"{self.text}: a choice cannot be logarithmic; give an interval or a range"
            )
        return Choice(texts)

    def _values(self) -> list[str]:
        return [_as_typed(text) for text in self._override.sweep_string_iterator()]

    def _no_value(self) -> InputError:
        """Return the error for an override without values; for a glob, say where it searched."""
        if "=glob(" not in self.text:
            return InputError(f"{self.text}: no value; give at least one")
        groups = [str(path.relative_to(CONFIGS)) for path in CONFIGS.rglob("*") if path.is_dir()]
        if self.key not in groups:
            hint = did_you_mean(self.key, groups) or "; glob() chooses among the files of a group"
            return InputError(f"{self.text}: there is no conf/{self.key}/{hint}")
        names = sorted(path.stem for path in (CONFIGS / self.key).glob("*.yaml"))
        return InputError(
            f"{self.text}: matches no file in conf/{self.key}/; allowed: {', '.join(names)}"
        )


class Grammar:
    """Hydra's grammar of overrides, including globs such as `model=glob(*)`.

    Args:
        folders: folders that a glob searches besides conf/.
    """

    def __init__(self, folders: Sequence[str] = ()) -> None:
        with search_configs(folders):
            self._parser = OverridesParser.create(
                config_loader=GlobalHydra.instance().config_loader()
            )

    def parse(self, overrides: Sequence[str]) -> list[ParsedOverride]:
        """Parse the overrides of a command line."""
        return [ParsedOverride(o) for o in self._parser.parse_overrides([*overrides])]


def render(value: Any) -> str:
    """Write `value` in Hydra's grammar.

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
        inside = re.sub(r"(\\*)'", r"\1\1\'", value)  # backslashes only escape before a quote
        inside = re.sub(r"(\\+)$", r"\1\1", inside)
        return f"'{inside}'"
    return str(value)


def _refuse_bad_interval(interval: Interval, text: str) -> Interval:
    if not interval.low < interval.high:
        raise InputError(f"{text}: is empty; give interval(low, high) with low < high")
    if interval.log and interval.low <= 0:
        raise InputError(f"{text}: {interval.low} has no logarithm; allowed: numbers > 0")
    if interval.log and interval.step not in (None, 1):
        raise InputError(
            f"{text}: a logarithmic range cannot have a step of {interval.step}; "
            "give an interval instead"
        )
    return interval


def _as_typed(text: str) -> str:
    """Write Hydra's `True` and `False` in lower case, as people type them."""
    return text.lower() if text in ("True", "False") else text


def _plain(override: Override) -> Any:
    value = override.value()
    return getattr(value, "text", value)  # a quoted string is an object with its text
