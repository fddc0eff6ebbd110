"""Insert generated text into pages at build time: configs, help texts, the Python API.

A page marks the position with a comment of one line, which is replaced before Sphinx parses it:

    <!-- generated: group model -->          every choice and key of a group
    <!-- generated: keys predict -->         the keys that a primary config sets
    <!-- generated: help -->                 the help of every command
    <!-- generated: api -->                  everything that `import reviewlab` offers
"""

import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any

from sphinx.application import Sphinx

from config_reference import describe_group, describe_primary
from reviewlab.cli.main import SUBCOMMANDS

PLACE = re.compile(r"^<!-- generated: (\w+) ?(.*?) -->$", re.MULTILINE)
STARTED_AS = re.compile(r"\S+ -m reviewlab\b")


def describe_commands(_: str) -> str:
    """Return a section for each command, with its summary and its help."""
    with ThreadPoolExecutor(2) as pool:
        helps = [*pool.map(_read_help, SUBCOMMANDS)]
    return "\n".join(
        f"## `reviewlab {name}`\n\n{command.summary[:1].upper()}{command.summary[1:]}.\n\n"
        f"```text\n{text.strip()}\n```\n"
        for (name, command), text in zip(SUBCOMMANDS.items(), helps, strict=True)
    )


def describe_api(_: str) -> str:
    """Return a directive of autodoc for each public name of the package."""
    package = import_module("reviewlab")
    directives = (_directive(name, getattr(package, name)) for name in _public_names(package))
    return "```{eval-rst}\n" + "\n".join(directives) + "\n```\n"


MAKERS: Mapping[str, Callable[[str], str]] = {
    "group": describe_group,
    "keys": describe_primary,
    "help": describe_commands,
    "api": describe_api,
}


def fill_in(_app: Sphinx, _page: str, source: list[str]) -> None:
    """Replace each `<!-- generated: ... -->` comment in a page's source, in place."""
    source[0] = PLACE.sub(lambda mark: MAKERS[mark[1]](mark[2]), source[0])


def setup(app: Sphinx) -> dict[str, Any]:
    """Register this extension with Sphinx."""
    app.connect("source-read", fill_in)
    return {"parallel_read_safe": True}


def _read_help(command: str) -> str:
    done = subprocess.run(  # noqa: S603  our own command
        [sys.executable, "-m", "reviewlab", command, "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    return STARTED_AS.sub("reviewlab", done.stdout)


def _public_names(package: Any) -> list[str]:
    """Return the names of the public functions, then those of the public classes."""
    names = [name for name in getattr(package, "__all__", ()) if not name.startswith("_")]
    return sorted(names, key=lambda name: isinstance(getattr(package, name), type))


def _directive(name: str, value: Any) -> str:
    if isinstance(value, type):
        return f".. autoclass:: reviewlab.{name}\n   :members:\n"
    return f".. autofunction:: reviewlab.{name}\n"
