"""Read what docstrings in Google form say of each argument."""

import inspect
import re
from typing import Any

SECTION = re.compile(r"^(?:Args|Arguments|Attributes):\n(.*?)(?=^\S|\Z)", re.MULTILINE | re.DOTALL)
ENTRY = re.compile(r"^(\*{0,2}\w+(?:, *\*{0,2}\w+)*) *(?:\([^)]*(?:\([^)]*\)[^)]*)*\))? *: *(.*)$")


def read_args(target: Any) -> dict[str, str]:
    """Return the description of each argument of a class or function.

    A class has those of its bases as well: what a subclass passes on is described there.
    """
    sources = [*reversed(target.__mro__)] if inspect.isclass(target) else [target]
    described: dict[str, str] = {}
    for source in sources:
        described |= parse_args(source.__dict__.get("__doc__") or "")
        if inspect.isclass(source):
            described |= parse_args(getattr(source.__dict__.get("__init__"), "__doc__", "") or "")
    return described


def parse_args(docstring: str) -> dict[str, str]:
    """Return the entries of `Args:` and `Attributes:` by name, each as one line of text."""
    described: dict[str, str] = {}
    for section in SECTION.findall(inspect.cleandoc(docstring)):
        names: list[str] = []
        for line in inspect.cleandoc(f"\n{section}").splitlines():
            entry = ENTRY.match(line)
            if entry:
                names = [name.strip(" *") for name in entry[1].split(",")]
                described |= dict.fromkeys(names, entry[2])
            elif line.strip():
                for name in names:
                    described[name] = f"{described[name]} {line.strip()}".strip()
    return described
