"""The leaderboard as files: for people (md, html) and for programs (csv)."""

import base64
import csv
import html
import io
from collections.abc import Sequence
from pathlib import Path

from reviewlab.reporting.cells import columns, effect_lines, fate, heading, notes
from reviewlab.reporting.leaderboard import Leaderboard
from reviewlab.runs.files import write_text

STYLE = """
body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;color:#222}
.wide{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums}
th,td{padding:.25rem .7rem;border-bottom:1px solid #ddd;text-align:left;white-space:nowrap}
.r{text-align:right}thead th{border-bottom:2px solid #888;cursor:pointer}
tbody tr:hover{background:#f4f6fa}td.reason{white-space:normal}img{max-width:100%}
"""
SORT = """
document.querySelectorAll('thead th').forEach(h=>h.onclick=()=>{
const b=h.closest('table').tBodies[0],i=h.cellIndex,n=x=>parseFloat(x.replace(/,/g,'')),
t=r=>r.cells[i].textContent,
d=h.dataset.d=h.dataset.d==1?-1:1;[...b.rows].sort((p,q)=>d*((n(t(p))-n(t(q)))||
t(p).localeCompare(t(q)))).forEach(r=>b.append(r))})
"""


def write_markdown(board: Leaderboard, folder: Path) -> None:
    """Write `leaderboard.md`."""
    parts = ["# Leaderboard", heading(board)]
    if board.lines:
        parts += [markdown_table(board)]
        parts += ["\n".join(f"- {_escaped(note)}" for note in notes(board))]
    if board.effects:
        parts += ["## Main effects", "\n".join(f"- {_escaped(e)}" for e in effect_lines(board))]
    if board.others:
        others = [fate(row, folder) for row in board.others]
        parts += ["## Without a value"]
        parts += [_pipes([["state", "folder", "reason"], ["---"] * 3, *others])]
    write_text(folder / "leaderboard.md", "\n\n".join(filter(None, parts)) + "\n")


def markdown_table(board: Leaderboard) -> str:
    """The table alone, a line a configuration."""
    shown = columns(board)
    rule = ["---:" if column.right else "---" for column in shown]
    rows = zip(*(column.cells for column in shown), strict=True)
    return _pipes([[column.title for column in shown], rule, *rows])


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
    """Write `leaderboard.html`: one file that needs no network, with the figures inside."""
    parts = [f"<h1>Leaderboard</h1><p>{html.escape(heading(board))}</p>"]
    if board.lines:
        shown = columns(board)
        rows = list(zip(*(column.cells for column in shown), strict=True))
        titles = [column.title for column in shown]
        parts.append(_html_table(titles, rows, [column.right for column in shown]))
        parts.append(_html_list(notes(board)))
    if board.effects:
        parts.append(f"<h2>Main effects</h2>{_html_list(effect_lines(board))}")
    parts += map(_image, figures)
    if board.others:
        others = [fate(row, folder) for row in board.others]
        titles = ["state", "folder", "reason"]
        parts.append(f"<h2>Without a value</h2>{_html_table(titles, others, [False] * 3)}")
    page = (
        "<!doctype html><html lang=en><meta charset=utf-8>"
        "<meta name=viewport content='width=device-width'><title>Leaderboard</title>"
        f"<style>{STYLE}</style>\n" + "\n".join(parts) + f"\n<script>{SORT}</script></html>\n"
    )
    write_text(folder / "leaderboard.html", page)


def _pipes(rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(map(_escaped, row))} |" for row in rows)


def _escaped(text: str) -> str:
    for sign in "\\|*`<[":
        text = text.replace(sign, f"\\{sign}")
    return text


def _html_table(titles: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[bool]) -> str:
    kinds = [" class=r" if to_the_right else "" for to_the_right in right]

    def cells(tag: str, row: Sequence[str]) -> str:
        pairs = zip(kinds, row, strict=True)
        return "".join(f"<{tag}{kind}>{html.escape(text)}</{tag}>" for kind, text in pairs)

    body = "\n".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    head = f"<thead><tr>{cells('th', titles)}</tr></thead>"
    return f"<div class=wide><table>{head}<tbody>{body}</tbody></table></div>"


def _html_list(lines: Sequence[str]) -> str:
    return f"<ul>{''.join(f'<li>{html.escape(line)}</li>' for line in lines)}</ul>"


def _image(figure: Path) -> str:
    data = base64.b64encode(figure.read_bytes()).decode()
    return f'<p><img alt="{html.escape(figure.stem)}" src="data:image/png;base64,{data}"></p>'
