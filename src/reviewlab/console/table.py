"""Format rows of text as a table, aligned for terminals and log files or as markdown."""

from collections.abc import Sequence

from reviewlab.exceptions import escape_controls

GAP = "  "
"""The space between two columns."""

MARKDOWN_SIGNS = "\\|*`<["
"""Characters with a special meaning in a cell of a markdown table."""


def aligned(
    rows: Sequence[Sequence[str]], right: Sequence[bool], least: Sequence[int] = ()
) -> list[str]:
    """Align rows of cells in columns, without trailing spaces.

    Cells may come from outside: line breaks and characters that control a terminal are escaped.

    Args:
        rows: the titles, then the cells of each line; each row has a cell for every column.
        right: for each column, True to align its cells to the right.
        least: the minimum width of each column; empty for columns as narrow as their cells.

    Returns:
        A line for each row.
    """
    rows = [[*map(on_one_line, row)] for row in rows]
    widths = column_widths(rows)
    if least:
        widths = [max(pair) for pair in zip(widths, least, strict=True)]
    return [
        GAP.join(
            cell.rjust(width) if to_the_right else cell.ljust(width)
            for cell, width, to_the_right in zip(row, widths, right, strict=True)
        ).rstrip()
        for row in rows
    ]


def column_widths(rows: Sequence[Sequence[str]]) -> list[int]:
    """Return the length of each column's longest cell, in characters, as `aligned` shows it."""
    return [max(len(on_one_line(cell)) for cell in cells) for cells in zip(*rows, strict=True)]


def table_width(widths: Sequence[int]) -> int:
    """Return the width of a table with these column widths, including the gaps."""
    return sum(widths) + len(GAP) * (len(widths) - 1)


def markdown_table(
    titles: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[bool]
) -> str:
    """Format a markdown table from cells that are markdown already.

    Args:
        titles: the title of each column.
        rows: the cells of each line, one for each title.
        right: for each column, True to align its cells to the right.

    Returns:
        The table, without a newline at its end.
    """
    rule = ["---:" if to_the_right else "---" for to_the_right in right]
    lines = (map(on_one_line, cells) for cells in (titles, rule, *rows))
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def escape_markdown(text: str) -> str:
    """Escape characters that markdown would read as markup or as the end of a cell."""
    for sign in MARKDOWN_SIGNS:
        text = text.replace(sign, f"\\{sign}")
    return text


def on_one_line(text: str) -> str:
    r"""Escape line breaks, tabs and characters that control a terminal.

    >>> on_one_line("a\nb")
    'a\\nb'
    """
    return escape_controls(text.replace("\n", "\\n").replace("\t", "\\t"))
