"""A description as one page of text."""

from collections.abc import Iterator

from reviewlab.console.table import aligned
from reviewlab.describing.description import Description
from reviewlab.describing.sections import Section, headline, sections


def format_text(description: Description) -> str:
    """Write the page, without a newline at its end."""
    blocks = ["\n".join(_lines(section)) for section in sections(description)]
    train = f"train on it:\n  {description.command}"
    return "\n\n".join([headline(description), *blocks, train])


def _lines(section: Section) -> Iterator[str]:
    yield f"{section.title}:"
    table = aligned(section.rows, section.right) if section.rows else []
    yield from (f"  {line}" for line in [*table, *section.lines])
