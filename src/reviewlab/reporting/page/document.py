"""Assemble the page: a single file that needs no network, with everything in it escaped."""

import base64
import hashlib
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypedDict

import plotly.graph_objects as go
from jinja2 import Template
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from reviewlab.console.text import count_of, readable_path
from reviewlab.overrides import without_rounding_error
from reviewlab.reporting.answer import answer
from reviewlab.reporting.cells import effect_lines, heading, notes, number
from reviewlab.reporting.columns import Column, columns
from reviewlab.reporting.effects import Effect
from reviewlab.reporting.html import html_environment
from reviewlab.reporting.leaderboard import Leaderboard
from reviewlab.reporting.line import Line
from reviewlab.reporting.page import figures
from reviewlab.reporting.page.follow import followed
from reviewlab.reporting.page.parallel import axes_of, parallel
from reviewlab.reporting.page.scale import Axis
from reviewlab.reporting.page.unfinished import NOTHING, Fate, Left, fates, states
from reviewlab.reporting.page.winner import Winner, rerun, winner
from reviewlab.reporting.varied import short_keys
from reviewlab.runs.files import write_text

HERE = Path(__file__).parent


class Frame(TypedDict):
    """The template variables of every page.

    Attributes:
        title: title of the page.
        metric: name of the metric that the leaderboard ranks by.
        answer: the result in two sentences.
        written: date and time at which the page was written.
        states: the number of runs in each state.
        left: the sweep's jobs that never began.
        unseen: why the winner's mistakes could not be analysed; empty if they were.
        fates: runs without a value, grouped by state and reason.
        style: our own CSS.
    """

    title: str
    metric: str
    answer: str
    written: str
    states: dict[str, int]
    left: Left
    unseen: str
    fates: Sequence[Fate]
    style: Markup


class Results(TypedDict, total=False):
    """The template variables that show the results.

    If nothing was measured, only the variables that the template always reads are set.

    Attributes:
        lines: lines of the leaderboard.
        heading: text above the leaderboard.
        notes: notes below the leaderboard.
        columns: columns of the leaderboard.
        keys: shortened names of the keys that vary.
        winner: the best configuration.
        effects: each effect that could be measured, with the sentence that describes it.
        without_effect: sentences about keys whose values cannot be compared.
        pair_note: note on the heat map that is shown first.
        axes: number of axes of the parallel coordinates.
        drawn: element ids of the figures.
        data: JSON that the scripts read.
        scripts: plotly's script and our own.
        allowed: hashes of the scripts, for the content security policy.
    """

    lines: Sequence[Line]
    heading: str
    notes: list[str]
    columns: list[Column]
    keys: list[str]
    winner: Winner
    effects: list[tuple[Effect, str]]
    without_effect: list[str]
    pair_note: str
    axes: int
    drawn: set[str]
    data: Markup
    scripts: list[Markup]
    allowed: str


def write_page(
    board: Leaderboard, title: str, path: Path, unseen: str = "", left: Left = NOTHING
) -> None:
    """Write the page of a leaderboard, atomically.

    If nothing was measured, the page has no figures and no scripts.

    Args:
        board: the leaderboard.
        title: title of the page.
        path: the file to write; run folders are shown relative to its folder.
        unseen: why the winner's mistakes could not be analysed; empty if they were.
        left: the sweep's jobs that never began.
    """
    base = path.parent.resolve()
    frame: Frame = {
        "title": title,
        "metric": board.metric,
        "answer": answer(board),
        "written": time.strftime("%Y-%m-%d at %H:%M"),
        "states": states(board),
        "left": left,
        "unseen": unseen,
        "fates": fates(board, base),
        "style": Markup(_own("page.css")),  # noqa: S704  our own
    }
    if left.jobs:
        frame["states"]["not started"] = left.jobs
    results = _measured(board) if board.lines else _nothing()
    page = _template(base).render({**frame, **results})
    write_text(path, page)


def _measured(board: Leaderboard) -> Results:
    axes = axes_of(board)
    drawn, follows = _drawn(board, axes), followed(board, axes)
    first_pair = follows["pairs"].get("0,1")
    if first_pair:
        drawn["heat"] = first_pair["figure"]
    scripts = [get_plotlyjs(), _own("page.js")]
    sentences = effect_lines(board)
    effects = [effect for effect in board.effects if effect.levels]
    return {
        "lines": board.lines,
        "heading": heading(board),
        "notes": notes(board),
        "columns": columns(board),
        "keys": [*short_keys(board.keys).values()],
        "winner": winner(board),
        "effects": [*zip(effects, sentences, strict=False)],
        "without_effect": sentences[len(effects) :],
        "pair_note": first_pair["note"] if first_pair else "",
        "axes": len(axes),
        "drawn": {*drawn},
        "data": _json({"figures": drawn, **follows}),
        "scripts": [Markup(script) for script in scripts],  # noqa: S704  ours and plotly's
        "allowed": " ".join(map(_hash, scripts)),
    }


def _nothing() -> Results:
    return {"lines": [], "allowed": "'none'", "effects": [], "without_effect": [], "drawn": set()}


def _drawn(board: Leaderboard, axes: Sequence[Axis]) -> dict[str, figures.Plot]:
    """Draw the figures that have data; map each HTML element's id to the figure drawn in it."""
    plots: dict[str, go.Figure] = {}
    if any(row.curve for row in board.rows):
        plots["curves"] = figures.curves(board)
    if len(axes) > 1:
        plots["parallel"] = parallel(board, axes)
    with_levels = [effect for effect in board.effects if effect.levels]
    plots |= {
        f"effect-{place}": figures.effect(board, one) for place, one in enumerate(with_levels)
    }
    plain = {name: json.loads(figure.to_json()) for name, figure in plots.items()}
    return {name: {**figure, "config": figures.CONFIG} for name, figure in plain.items()}


def _template(base: Path) -> Template:
    environment = html_environment(HERE)
    environment.filters["number"] = number
    environment.filters["times"] = lambda count: count_of(count, "time")
    environment.filters["short"] = lambda folder: readable_path(folder, base)
    environment.globals["rerun"] = rerun
    environment.globals["settings"] = _settings
    return environment.get_template("page.html")


def _settings(line: Line) -> str:
    short = short_keys([*line.settings])
    texts = [f"{short[k]}={without_rounding_error(v)}" for k, v in line.settings.items()]
    return ", ".join(texts) or "all runs"


def _own(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


def _json(value: Any) -> Markup:
    """Format `value` as JSON for an HTML script element, which no text in it can close."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c"))  # noqa: S704  there is no `<` left


def _hash(script: str) -> str:
    """Hash a script for the content security policy, which blocks scripts with unlisted hashes."""
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
