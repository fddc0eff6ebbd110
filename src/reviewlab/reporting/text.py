"""The leaderboard as plain text, for terminals and log files."""

import textwrap
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from reviewlab.console.table import aligned, column_widths, table_width
from reviewlab.exceptions import escape_controls
from reviewlab.reporting.answer import answer
from reviewlab.reporting.cells import INTERVAL, effect_lines, fate, heading, notes
from reviewlab.reporting.columns import Column, columns
from reviewlab.reporting.leaderboard import Leaderboard

ROWS = 50
"""The largest number of rows to print, a screen or two; the files have all rows."""


def text(board: Leaderboard, width: int, base: Path) -> str:
    """Format the leaderboard as plain text.

    Args:
        board: the leaderboard.
        width: terminal width in columns.
        base: folder that paths are shown relative to.
    """
    sentences = "" if board.parts else answer(board)
    parts = [textwrap.fill(sentences, max(20, width), break_on_hyphens=False)]
    if board.lines or board.parts:
        parts.append(_wrapped([heading(board)], width))
    parts += [f"{name}:\n{text(part, width, base)}" for name, part in board.parts.items()]
    if board.lines:
        parts.append(_table(columns(board), width))
        has_intervals = "± 95 %" in parts[-1]  # a narrow terminal leaves them out
        parts.append(_wrapped(notes(board, INTERVAL if has_intervals else ""), width))
    if board.effects:
        parts.append(_wrapped(["main effects, differences to the best value:"], width))
        parts[-1] += "\n" + _wrapped([f"  {line}" for line in effect_lines(board)], width)
    if board.others:
        parts.append(_others(board, width, base))
    return escape_controls("\n\n".join(part for part in parts if part))


def _table(all_columns: Sequence[Column], width: int) -> str:
    columns_left = list(all_columns)
    while _width(columns_left) > width and any(column.needed < 8 for column in columns_left):
        least = min(column.needed for column in columns_left)
        columns_left = [column for column in columns_left if column.needed > least]
    if _width(columns_left) > width:
        return _stacked(all_columns, width)
    return _cut(_lines(columns_left))


def _lines(shown_columns: Sequence[Column]) -> list[str]:
    return aligned(_rows(shown_columns), [column.right for column in shown_columns])


def _rows(shown_columns: Sequence[Column]) -> list[list[str]]:
    titles = [column.title for column in shown_columns]
    return [titles, *map(list, zip(*(c.cells for c in shown_columns), strict=True))]


def _stacked(all_columns: Sequence[Column], width: int) -> str:
    """Lay out a table that is too wide: put each line's settings below its numbers."""
    settings = [c for c in all_columns if not c.right and c.needed == 9 and c.title != "vs best"]
    rest = [c for c in all_columns if c not in settings]
    while _width(rest) > width:
        rest.remove(min(rest, key=lambda column: column.needed))
    title, *lines = _lines(rest)
    blocks = [title]
    for number, line in enumerate(lines):
        overrides = " ".join(f"{c.title}={c.cells[number]}" for c in settings)
        blocks.append(f"{line}\n{_wrapped([f'    {overrides}'], width)}")
    return _cut(blocks)


def _cut(lines: Sequence[str]) -> str:
    more = len(lines) - 1 - ROWS
    shown_lines = list(lines[: ROWS + 1])
    if more > 0:
        shown_lines.append(_more(more))
    return "\n".join(shown_lines)


def _more(count: int) -> str:
    return f"... {count:,} more in leaderboard.md"


def _others(board: Leaderboard, width: int, base: Path) -> str:
    """List runs without a value by state and reason, with the first folder of each group.

    Args:
        board: the leaderboard.
        width: terminal width.
        base: folder that paths are shown relative to.
    """
    alike: dict[str, list[str]] = defaultdict(list)
    for row in board.others:
        state, folder, reason = fate(row, base)
        alike[f"{state}: {reason or 'no result yet'}"].append(folder)
    lines = [f"{len(board.others)} without a value:"]
    for what, folders in [*alike.items()][:ROWS]:
        count = f" ({len(folders)} runs, the first of them below)" if len(folders) > 1 else ""
        lines += [_wrapped([f"{what}{count}"], width, "  "), f"    {folders[0]}"]
    if len(alike) > ROWS:
        lines.append(_wrapped([_more(len(alike) - ROWS)], width, "  "))
    return "\n".join(lines)


def _wrapped(lines: Sequence[str], width: int, indent: str = "") -> str:
    wrap = textwrap.TextWrapper(max(20, width), break_on_hyphens=False)
    lines_out: list[str] = []
    for line in lines:
        margin = indent + " " * (len(line) - len(line.lstrip()))
        wrap.initial_indent, wrap.subsequent_indent = margin, f"{margin}  "
        lines_out += wrap.wrap(line.strip())
    return "\n".join(lines_out)


def _width(shown_columns: Sequence[Column]) -> int:
    return table_width(column_widths(_rows(shown_columns)))
