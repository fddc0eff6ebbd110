"""The leaderboard as files: for people (md, html) and for programs (csv)."""

import base64
import csv
import io
from collections.abc import Sequence
from pathlib import Path

from reviewlab.console.table import escape_markdown, markdown_table
from reviewlab.reporting.cells import columns, effect_lines, fate, heading, notes
from reviewlab.reporting.html import render
from reviewlab.reporting.leaderboard import Leaderboard
from reviewlab.runs.files import write_text

TEMPLATE = Path(__file__).parent / "leaderboard.html"


def write_markdown(board: Leaderboard, folder: Path) -> None:
    """Write `leaderboard.md`."""
    parts = ["# Leaderboard", heading(board)]
    if board.lines:
        parts += [board_table(board)]
        parts += [_markdown_list(notes(board))]
    if board.effects:
        parts += ["## Main effects", _markdown_list(effect_lines(board))]
    if board.others:
        others = [list(map(escape_markdown, fate(row, folder))) for row in board.others]
        titles = ["state", "folder", "reason"]
        parts += ["## Without a value", markdown_table(titles, others, [False, False, False])]
    write_text(folder / "leaderboard.md", "\n\n".join(filter(None, parts)) + "\n")


def board_table(board: Leaderboard) -> str:
    """Write the table alone as markdown, a line a configuration."""
    shown_columns = columns(board)
    rows = zip(*(column.cells for column in shown_columns), strict=True)
    return markdown_table(
        [escape_markdown(column.title) for column in shown_columns],
        [list(map(escape_markdown, row)) for row in rows],
        [column.right for column in shown_columns],
    )


def _markdown_list(lines: Sequence[str]) -> str:
    return "\n".join(f"- {escape_markdown(line)}" for line in lines)


def write_csv(board: Leaderboard, folder: Path) -> None:
    """Write `leaderboard.csv`: a row a configuration in full precision, then those without one."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = ["rank", "configuration_id", *board.keys, "metric", "mean", "standard_deviation", "n"]
    names += ["lower", "upper", "verdict", "p_holm", "majority_baseline", "parameters", "seconds"]
    writer.writerow(
        [*names, "epochs", "attempts", "flags", "unfinished", "state", "folders", "reason"]
    )
    for rank, line in enumerate(board.lines, start=1):
        lower, upper = line.bounds or ("", "")
        writer.writerow(
            [
                *(rank, line.configuration_id, *(line.settings[key] for key in board.keys)),
                *(board.metric, line.mean, line.deviation, line.n, lower, upper),
                *(line.verdict, line.p, line.baseline, line.parameters, line.seconds),
                *(line.epochs, line.attempts, " ".join(line.flags), line.unfinished, "done"),
                " ".join(fate(row, folder)[1] for row in line.rows),
                "",
            ]
        )
    for row in board.others:
        state, path, reason = fate(row, folder)
        empty = [""] * (len(names) - 1)
        writer.writerow(["", *empty, "", row.attempts, "", "", state, path, reason])
    write_text(folder / "leaderboard.csv", out.getvalue())


def write_html(board: Leaderboard, folder: Path, figures: Sequence[Path] = ()) -> None:
    """Write `leaderboard.html`: one file that needs no network, with the figures inside.

    Args:
        board: the leaderboard.
        folder: where the file goes, and what paths are relative to.
        figures: PNG files to show.
    """
    shown_columns = columns(board) if board.lines else []
    page = render(
        TEMPLATE,
        heading=heading(board),
        titles=[column.title for column in shown_columns],
        right=[column.right for column in shown_columns],
        rows=list(zip(*(column.cells for column in shown_columns), strict=True)),
        notes=notes(board) if board.lines else [],
        effects=effect_lines(board) if board.effects else [],
        images=[(figure.stem, _base64(figure)) for figure in figures],
        others=[fate(row, folder) for row in board.others],
    )
    write_text(folder / "leaderboard.html", page)


def _base64(file: Path) -> str:
    return base64.b64encode(file.read_bytes()).decode()
