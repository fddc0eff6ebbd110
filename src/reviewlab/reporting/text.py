"""The leaderboard for a terminal and for a log file."""

import textwrap
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from reviewlab.reporting.cells import Column, columns, effect_lines, fate, heading, notes
from reviewlab.reporting.leaderboard import Leaderboard

GAP = "  "
ROWS = 50
"""As many fit on a screen or two; the files have all."""


def text(board: Leaderboard, width: int, base: Path) -> str:
    """Plain text of at most `width` columns; paths are told from `base`."""
    parts = [heading(board) if board.lines else f"no run has measured {board.metric}"]
    if board.lines:
        parts.append(_table(columns(board), width))
        parts.append(_wrapped(notes(board), width))
    if board.effects:
        parts.append(_wrapped(["main effects, differences to the best value:"], width))
        parts[-1] += "\n" + _wrapped([f"  {line}" for line in effect_lines(board)], width)
    if board.others:
        parts.append(_others(board, width, base))
    return "\n\n".join(part for part in parts if part)


def _table(all_columns: Sequence[Column], width: int) -> str:
    kept = list(all_columns)
    while _width(kept) > width and any(column.needed < 8 for column in kept):
        least = min(column.needed for column in kept)
        kept = [column for column in kept if column.needed > least]
    if _width(kept) > width:
        return _stacked(all_columns, width)
    return _cut(_lines(kept))


def _lines(kept: Sequence[Column]) -> list[str]:
    widths = [_widest(column) for column in kept]
    rows = [[c.title for c in kept], *zip(*(c.cells for c in kept), strict=True)]
    return [
        GAP.join(
            f"{cell:>{w}}" if column.right else f"{cell:<{w}}"
            for cell, w, column in zip(row, widths, kept, strict=True)
        ).rstrip()
        for row in rows
    ]


def _stacked(all_columns: Sequence[Column], width: int) -> str:
    """The numbers in columns, and below each line its settings: for when many keys vary."""
    settings = [c for c in all_columns if not c.right and c.needed == 9 and c.title != "vs best"]
    rest = [c for c in all_columns if c not in settings]
    while _width(rest) > width:
        rest.remove(min(rest, key=lambda column: column.needed))
    title, *lines = _lines(rest)
    blocks = [title]
    for number, line in enumerate(lines):
        typed = " ".join(f"{c.title}={c.cells[number]}" for c in settings)
        blocks.append(f"{line}\n{_wrapped([f'    {typed}'], width)}")
    return _cut(blocks)


def _cut(lines: Sequence[str]) -> str:
    more = len(lines) - 1 - ROWS
    told = [f"... {more:,} more in leaderboard.md"] * (more > 0)
    return "\n".join([*lines[: ROWS + 1], *told])


def _others(board: Leaderboard, width: int, base: Path) -> str:
    alike: dict[str, list[str]] = defaultdict(list)
    for row in board.others:
        state, folder, reason = fate(row, base)
        alike[f"{state}: {reason or 'no result yet'}"].append(folder)
    told = [
        f"{what}{f' ({len(folders)} runs, the first of them below)' * (len(folders) > 1)}"
        f"\n    {folders[0]}"
        for what, folders in [*alike.items()][:ROWS]
    ]
    more = len(alike) - ROWS
    if more > 0:
        told.append(f"... {more:,} more in leaderboard.md")
    blocks = [_wrapped(block.split("\n")[:1], width, "  ") for block in told]
    paths = [("\n" + block.split("\n")[1]) if "\n" in block else "" for block in told]
    return f"{len(board.others)} without a value:\n" + "\n".join(
        block + path for block, path in zip(blocks, paths, strict=True)
    )


def _wrapped(lines: Sequence[str], width: int, indent: str = "") -> str:
    wrap = textwrap.TextWrapper(max(20, width), break_on_hyphens=False)
    done = []
    for line in lines:
        margin = indent + " " * (len(line) - len(line.lstrip()))
        wrap.initial_indent, wrap.subsequent_indent = margin, f"{margin}  "
        done += wrap.wrap(line.strip())
    return "\n".join(done)


def _width(kept: Sequence[Column]) -> int:
    return sum(map(_widest, kept)) + len(GAP) * (len(kept) - 1)


def _widest(column: Column) -> int:
    return max(map(len, [column.title, *column.cells]))
