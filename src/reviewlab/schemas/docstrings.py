"""Read the descriptions of classes, functions and their arguments from docstrings."""

import inspect
import re
from collections.abc import Callable, Collection, Iterator
from typing import Any

ENTRY = re.compile(r"( *)([\w*]+(?:, \w+)*)(?: \([^()]*(?:\([^()]*\)[^()]*)*\))? ?: *(.*)")
"""Matches the first line of a description: `width, height (int): size of the page.`"""


def summarize(target: Callable[..., Any]) -> str:
    """Return the first paragraph of a docstring in one line; empty if there is no docstring."""
    return _plain((inspect.getdoc(target) or "").partition("\n\n")[0])


def describe_arguments(target: Callable[..., Any], names: Collection[str]) -> dict[str, str]:
    """Map the names of arguments to their descriptions.

    An argument that a class does not describe gets its description from a base class.

    Args:
        target: a class or a function.
        names: names of the target's arguments.
    """
    described: dict[str, str] = {}
    for text in _docstrings(target):
        for name, description in _entries(text, names):
            described.setdefault(name, description)
    return described


def _docstrings(target: Callable[..., Any]) -> Iterator[str]:
    """Yield the docstrings that may describe a target's arguments, those of base classes last."""
    for owner in inspect.getmro(target) if inspect.isclass(target) else [target]:
        for documented in (owner, vars(owner).get("__init__")):
            if text := getattr(documented, "__doc__", None):
                yield inspect.cleandoc(text)


def _entries(text: str, names: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield the name and description of each argument in `names` that a docstring describes.

    A description continues on the following lines as long as they are indented further.
    """
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
    """Turn Sphinx markup into plain text, in one line."""
    named = re.sub(r":\w+:`~?(?:[\w.]*\.)?([^`<]*?)(?: <[^`]*>)?`", r"`\1`", text)
    return " ".join(named.replace("``", "`").split())
