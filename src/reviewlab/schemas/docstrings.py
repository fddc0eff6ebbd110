"""Descriptions of classes, functions and their arguments, read from docstrings."""

import inspect
import re
from collections.abc import Callable, Collection, Iterator
from typing import Any

ENTRY = re.compile(r"( *)([\w*]+(?:, \w+)*)(?: \([^()]*(?:\([^()]*\)[^()]*)*\))? ?: *(.*)")
"""A line that describes arguments: `width, height (int): of the page.`"""


def summarize(target: Callable[..., Any]) -> str:
    """Return the first paragraph of a docstring in one line; empty where there is none."""
    return _plain((inspect.getdoc(target) or "").partition("\n\n")[0])


def describe_arguments(target: Callable[..., Any], names: Collection[str]) -> dict[str, str]:
    """Return the descriptions of arguments by name, those of a base class where it has none.

    Args:
        target: a class or a function.
        names: of its arguments.
    """
    described: dict[str, str] = {}
    for text in _docstrings(target):
        for name, description in _entries(text, names):
            described.setdefault(name, description)
    return described


def _docstrings(target: Callable[..., Any]) -> Iterator[str]:
    """Yield the docstrings that may describe arguments, those of base classes last."""
    for owner in inspect.getmro(target) if inspect.isclass(target) else [target]:
        for documented in (owner, vars(owner).get("__init__")):
            if text := getattr(documented, "__doc__", None):
                yield inspect.cleandoc(text)


def _entries(text: str, names: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield the arguments that a docstring describes, each with the lines below it that belong."""
    lines = text.splitlines()
    for number, line in enumerate(lines):
        entry = ENTRY.fullmatch(line)
        described = entry[2].split(", ") if entry else []
        if entry is None or not {*described} <= {*names}:
            continue
        words = [entry[3]]
        for below in lines[number + 1 :]:
            if len(below) - len(below.lstrip()) <= len(entry[1]):
                break
            words.append(below.strip())
        for name in described:
            yield name, _plain(" ".join(words))


def _plain(text: str) -> str:
    """Write what is marked up for Sphinx as plain text, in one line."""
    named = re.sub(r":\w+:`~?(?:[\w.]*\.)?([^`<]*?)(?: <[^`]*>)?`", r"`\1`", text)
    return " ".join(named.replace("``", "`").split())
