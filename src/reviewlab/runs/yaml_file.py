"""Read and write the yaml files of runs and sweeps, which may come from elsewhere."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from reviewlab.exceptions import single_line
from reviewlab.runs.files import read_text, write_text
from reviewlab.runs.plain import refuse_unusual

# libyaml is ten times faster, and a sweep reads and writes a config for every job.
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

LARGEST = 2**21
"""The size of the largest file, in bytes. A config has a few thousand."""

DEEPEST = 50
MOST = 100_000
"""Bounds on the nesting and the number of values, counting what an alias refers to each time."""

LONGEST_NUMBER = 1_000
"""Bound on the characters of a number; yaml takes seconds to convert much longer ones."""


def read_yaml(path: Path) -> Any:
    """Read plain values from a yaml file.

    Its structure is bounded before any value is built: libyaml's stack overflows on thousands of
    open brackets, and aliases of aliases stand for more values than any memory holds.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not a regular file, is damaged, or its content is not like a config.
    """
    text = read_text(path, LARGEST)
    try:
        _check_structure(yaml.parse(text, Loader))
        value = yaml.load(text, Loader)  # noqa: S506  a safe loader
    except Exception as error:  # of yaml, or of Python for a value such as a 13th month
        raise ValueError(single_line(str(error))) from None
    refuse_unusual(value)
    return value


def write_yaml(path: Path, value: Any) -> None:
    """Write plain values, atomically."""
    write_text(path, yaml.dump(value, Dumper=Dumper, sort_keys=False, allow_unicode=True))


def _check_structure(events: Iterable[yaml.Event]) -> None:
    """Refuse a yaml document that is nested too deeply or stands for too many values.

    Raises:
        ValueError: the document is refused.
    """
    total = 0
    begun: list[tuple[str | None, int]] = []  # anchor of each open container, and total before it
    sizes: dict[str | None, int] = {}  # number of values under each anchor
    for event in events:
        if isinstance(event, yaml.CollectionStartEvent):
            begun.append((event.anchor, total))
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, before = begun.pop()
            sizes[anchor] = total - before
        elif isinstance(event, yaml.AliasEvent):
            if event.anchor not in sizes:
                raise ValueError(f"the alias *{event.anchor} refers to itself or to nothing")
            total += sizes[event.anchor]
        elif isinstance(event, yaml.ScalarEvent):
            _check_scalar(event)
            sizes[event.anchor] = 1
        total += isinstance(event, yaml.NodeEvent)
        if len(begun) > DEEPEST:
            raise ValueError(f"its values are nested more than {DEEPEST} deep")
        if total > MOST:
            raise ValueError(f"it stands for more than {MOST:,} values")


def _check_scalar(event: yaml.ScalarEvent) -> None:
    is_number = event.implicit[0] and event.value.lstrip("+-")[:1].isdigit()
    if is_number and len(event.value) > LONGEST_NUMBER:
        raise ValueError(f"a number has {len(event.value):,} characters")
