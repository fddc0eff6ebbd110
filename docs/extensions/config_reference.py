"""Write the reference of a group of configs in Markdown."""

import inspect
import re
from collections.abc import Iterator, Sequence
from typing import Any

import yaml

from config_files import ConfigFile, choices
from config_keys import (
    Key,
    builds_on,
    composed_node,
    keys_of_choice,
    keys_of_primary,
    more_arguments,
)
from reviewlab.config.part import TARGET
from reviewlab.config.signatures import locate

AS_WRITTEN = ("debug", "experiment")
"""Groups that set keys of other groups; their files are shown as they are written."""

IN_YAML = {"None": "`null`", "True": "`true`", "False": "`false`"}


def describe_group(group: str) -> str:
    """Return a section for each choice of a group."""
    return "\n".join(line for file in choices(group) for line in _describe_choice(file))


def describe_primary(name: str) -> str:
    """Return a table of the keys that a primary config sets."""
    return "\n".join(_table(keys_of_primary(name)))


def _describe_choice(file: ConfigFile) -> Iterator[str]:
    yield from (f"## `{file.group}={file.choice}`", "")
    if file.purpose:
        yield from (file.purpose, "")
    as_written = file.group in AS_WRITTEN or not file.package or _is_sweep_of_ours(file)
    if not as_written:
        yield from _describe_target(composed_node(file).get(TARGET), file.package)
    if file.command:
        yield from ("```sh", file.command, "```", "")
    if as_written:
        if file.body:
            yield from ("```yaml", file.body, "```", "")
        return
    keys = keys_of_choice(file)
    names = [f"`{file.group}={name}`" for name in builds_on(file)]
    if names:
        yield from (_sentence_on_bases(", ".join(names), keys), "")
    yield from (*_table(keys), "")
    more = more_arguments(file)
    if more:
        listed = ", ".join(f"`+{file.package}.{name}`" for name in more)
        yield from (f"The class takes more, set with a plus: {listed}.", "")


def _is_sweep_of_ours(file: ConfigFile) -> bool:
    """Tell whether a file is one of our named sweeps; `default` has the settings of all sweeps."""
    return file.group == "sweep" and file.choice != "default"


def _sentence_on_bases(names: str, keys: Sequence[Key]) -> str:
    return f"Takes the keys of {names}" + (", and sets:" if keys else ".")


def _describe_target(target: Any, place: str) -> Iterator[str]:
    """Yield the lines that describe a target: for one of ours, its docstring without `Args`."""
    if not str(target).startswith("reviewlab."):
        if target and not str(target).startswith("hydra_plugins."):
            yield from (f"Built by `{target}`.", "")
        return
    documentation = inspect.getdoc(locate(target, place)) or ""
    above = re.split(r"^(?:Args|Attributes|Returns|Raises):$", documentation, flags=re.MULTILINE)[0]
    yield from (above.strip(), "", f"Built by `{target}`.", "")


def _table(keys: Sequence[Key]) -> Iterator[str]:
    if keys:
        yield "| key | allowed | default | meaning |"
        yield "| --- | --- | --- | --- |"
    for key in keys:
        cells = [f"`{key.name}`", key.allowed, f"`{_as_yaml(key.default)}`", key.description]
        if key.default == "???":
            cells[2] = "required"
        cells[1], cells[3] = _escape(cells[1]), _escape(_in_words_of_yaml(cells[3]))
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _as_yaml(value: Any) -> str:
    """Write a value in one line of yaml, as it would be given on a command line."""
    if isinstance(value, str) and value.startswith("${"):
        return value
    text = yaml.safe_dump(value, default_flow_style=True, width=10_000, allow_unicode=True)
    return text.removesuffix("\n").removesuffix("\n...").replace("`", "\u02cb")


def _in_words_of_yaml(text: str) -> str:
    """Replace Python's None, True and False by `null`, `true` and `false`, except in code."""
    pieces = re.split(r"(`[^`]*`)", text)
    return "".join(
        piece
        if piece.startswith("`")
        else re.sub(r"\b(None|True|False)\b", lambda m: IN_YAML[m[1]], piece)
        for piece in pieces
    )


def _escape(text: str) -> str:
    """Escape characters outside of code that Markdown would read as markup."""
    pieces = re.split(r"(`[^`]*`)", text)
    return "".join(
        p if p.startswith("`") else re.sub(r"([*_<>\[\]^$])", r"\\\1", p) for p in pieces
    )
