"""Rows of text as a table: aligned for a terminal and a log file, or as markdown."""

from collections.abc import Sequence

GAP = "  "
"""Between two columns."""

MARKDOWN_SIGNS = "\\|*`<["
"""Characters that mean something in a cell of a markdown table."""


def aligned(
    rows: Sequence[Sequence[str]], right: Sequence[bool], least: Sequence[int] = ()
) -> list[str]:
    """Align rows of cells in columns; spaces at the end of a line are left out.

    Args:
        rows: the titles, then the cells of each line; all of one length.
        right: for each column, whether its cells stand at its right edge.
        least: the smallest width of each column; none for as narrow as its cells.

    Returns:
        A line for each row.
    """
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
    """Measure the longest cell of each column, in characters."""
    return [max(map(len, cells)) for cells in zip(*rows, strict=True)]


def table_width(widths: Sequence[int]) -> int:
    """Add up the widths of all columns and the gaps between them."""
    return sum(widths) + len(GAP) * (len(widths) - 1)


def markdown_table(
    titles: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[bool]
) -> str:
    """Write a markdown table; its cells are markdown already.

    Args:
        titles: of the columns.
        rows: the cells of each line; as many as there are titles.
        right: for each column, whether its cells stand at its right edge.

    Returns:
        The table, without a newline at its end.
    """
    rule = ["---:" if to_the_right else "---" for to_the_right in right]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (titles, rule, *rows))


def escape_markdown(text: str) -> str:
    """Escape what markdown would read as markup or as the end of a cell."""
    for sign in MARKDOWN_SIGNS:
        text = text.replace(sign, f"\\{sign}")
    return text
