"""Facts about the page of a sweep: what is in it, and what can never be."""

import base64
import hashlib
import html
import json
import math
import re
import shlex
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.reporting.folders import config, grid, many, run

from reviewlab.reporting.cells import columns, effect_lines, heading, notes, number
from reviewlab.reporting.leaderboard import Leaderboard, leaderboard
from reviewlab.reporting.page.document import write_page
from reviewlab.reporting.page.follow import NAME, ROW
from reviewlab.reporting.page.pairs import key_levels, pairs
from reviewlab.reporting.page.parallel import SHADES
from reviewlab.reporting.page.scale import FEW, levels, setting_axis
from reviewlab.reporting.page.unfinished import NOTHING, Left
from reviewlab.reporting.rows import run_folders
from reviewlab.runs.files import write_json

NASTY = (
    "</script><script>alert(1)</script> <img src=x onerror=alert(2)> \"q\" 'r' {{ 7*7 }} %{y} $x$"
)
OWN = files("reviewlab.reporting.page")
ERRORS = {
    "schema": 1,
    "split": "validation",
    "epoch": 1,
    "reviews": 1100,
    "labels": ["bad", "good"],
    "confusion": [[900, 100], [20, 80]],
    "mistakes": [{"text": NASTY, "label": "bad", "prediction": "good", "probability": 0.987}],
}


class Page(HTMLParser):
    """A page as a browser takes it apart: tags with attributes, texts, scripts, tables."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.source = path.read_text(encoding="utf-8")
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.styles: list[str] = []
        self.texts: list[str] = []
        self.rows: list[list[str]] = []
        self.in_cell = False
        self.feed(self.source)
        self.rows = [[" ".join(cell.split()) for cell in row] for row in self.rows]

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th") and self.rows:
            self.rows[-1].append("")
            self.in_cell = True
        elif tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag):
        self.in_cell = self.in_cell and tag not in ("td", "th")

    def handle_data(self, data):
        if self.cdata_elem == "script":
            self.scripts[-1] += data
        elif self.cdata_elem == "style":
            self.styles.append(data)
        else:
            self.texts.append(data)
            if self.in_cell:
                self.rows[-1][-1] += data

    def attributes(self, name: str) -> list[str]:
        return [
            value or "" for _, found in self.tags for key, value in found.items() if key == name
        ]

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    @property
    def data(self) -> dict:
        return json.loads(self.scripts[0])


def written(folder: Path, left: Left = NOTHING) -> tuple[Page, Leaderboard]:
    board = leaderboard(list(run_folders(folder)), "val/accuracy", "max")
    write_page(board, folder.name, folder / "report.html", left=left)
    return Page(folder / "report.html"), board


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> tuple[Page, Leaderboard]:
    """500 runs of 100 epochs, all with other settings."""
    return written(many(tmp_path_factory.mktemp("large")))


def hashed(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def test_a_page_of_500_runs_is_one_file_under_7_mb(large: tuple[Page, Leaderboard]) -> None:
    page, board = large
    assert len(page.source.encode()) < 7e6
    assert len(board.lines) + len(board.others) == 500
    assert all(len(trace["y"]) == 100 for traces in page.data["curves"] for trace in traces)


def test_nothing_is_fetched_and_no_other_script_is_run(large: tuple[Page, Leaderboard]) -> None:
    page, _ = large
    assert "src" not in {name for _, found in page.tags for name in found}
    assert all(link.startswith(("#", "data:")) for link in page.attributes("href"))
    assert not re.search(r"@import|url\(", "".join(page.styles))
    policy = next(found["content"] for _, found in page.tags if "http-equiv" in found)
    assert "default-src 'none'" in policy
    scripts = page.scripts[1:]
    assert re.search(r"script-src ([^;]*);", policy)[1].split() == [*map(hashed, scripts)]
    assert scripts[1] == (OWN / "page.js").read_text(encoding="utf-8")


def test_the_table_is_the_leaderboard(large: tuple[Page, Leaderboard]) -> None:
    page, board = large
    shown = columns(board)
    assert page.rows[0] == [column.title for column in shown]
    wanted = [list(row) for row in zip(*(column.cells for column in shown), strict=True)]
    assert page.rows[1 : len(wanted) + 1] == wanted
    assert heading(board) in page.text


def test_our_own_javascript_is_short_and_readable() -> None:
    script = (OWN / "page.js").read_text(encoding="utf-8").splitlines()
    assert len(script) <= 100
    assert max(map(len, script)) < 100


def test_figures_have_the_leaderboards_numbers(tmp_path: Path) -> None:
    grid(tmp_path)
    page, board = written(tmp_path)
    assert set(notes(board)) | {line.partition(": ")[2] for line in effect_lines(board)} <= {
        text.strip() for text in page.texts
    }
    for place, effect in enumerate(board.effects):
        drawn = page.data["figures"][f"effect-{place}"]["data"]
        found = {trace["text"][0].partition(": ")[2]: trace for trace in drawn}
        for level in effect.levels:
            trace = found[number(level.mean)]
            assert trace["y"] == [level.mean]
            assert trace["error_y"]["array"] == [level.half if level.difference else 0]
    for line, traces in zip(board.lines, page.data["curves"], strict=True):
        for row, trace in zip(line.rows, traces, strict=True):
            assert trace["y"] == pytest.approx([value for _, value in row.curve], rel=1e-4)
            assert trace["meta"] == row.seed


def test_a_cell_of_two_keys_is_the_mean_of_its_runs(tmp_path: Path) -> None:
    grid(tmp_path)
    page, board = written(tmp_path)
    model, lr = key_levels(board)
    figure = page.data["pairs"]["0,1"]["figure"]
    drawn = figure["data"][0]
    for i, line in enumerate(board.lines):
        cell = drawn["z"][lr.of[i]][model.of[i]]
        assert cell == pytest.approx(line.mean, rel=1e-4)
        assert drawn["text"][lr.of[i]][model.of[i]] == f"{number(line.mean)}<br>3 runs"
    assert figure["layout"]["xaxis"]["ticktext"] == list(model.labels)
    assert "so that they compare" in page.data["pairs"]["0,1"]["note"]


def test_cells_that_had_other_company_say_so(tmp_path: Path) -> None:
    run(tmp_path / "a", config(lr=0.1, dropout=0.1, size=1), 0.7)
    run(tmp_path / "b", config(lr=0.1, dropout=0.2, size=2), 0.8)
    run(tmp_path / "c", config(lr=0.2, dropout=0.1, size=1), 0.9)
    _, board = written(tmp_path)
    found = {(pair.first, pair.second): pair for pair in pairs(board, key_levels(board))}
    keys = list(board.keys)
    lr, dropout = keys.index("optimizer.lr"), keys.index("model.dropout")
    pair = found[min(lr, dropout), max(lr, dropout)]
    assert not pair.fair
    assert pair.runs.sum() == 3
    assert math.isnan(pair.means.min())


def test_nothing_that_others_wrote_is_taken_for_html(tmp_path: Path) -> None:
    folder = tmp_path / "sweep <script>alert(0)<" / "jobs"
    best = run(folder / "<u>&'", config(note=NASTY, lr=0.1), 0.9)
    write_json(best / "errors.json", ERRORS)
    run(folder / "other", config(note="plain", lr=0.2))
    run(folder / "<i>failed", config(lr=0.3), state="failed", error=f"Traceback\n{NASTY}\n{NASTY}")
    page, _ = written(folder.parent)
    assert len(page.scripts) == 3
    assert "alert" not in "".join(page.scripts[2:])
    assert not {"img", "u", "i"} & {tag for tag, _ in page.tags}
    assert page.text.count("alert(2)") >= 5  # setting twice, review, reason, traceback
    assert "{{ 7*7 }}" in page.text
    names = json.dumps(page.data["curves"] + [page.data["pairs"]])
    assert "<script" not in names
    assert "&lt;/script" in names


@pytest.mark.parametrize("name", ["plain", "with space", "it's", 'a"b', "$HOME", "a;b&c", "a\nb"])
def test_the_commands_are_right_when_pasted(name: str, tmp_path: Path) -> None:
    best = run(tmp_path / name, config())
    page, _ = written(tmp_path)
    (again,) = re.findall(r'<code id="\w+">(.*?)</code>', page.source, re.DOTALL)
    assert shlex.split(html.unescape(again)) == ["python", "scripts/train.py", f"rerun={best}"]


def test_the_winner_is_shown_with_all_seeds_and_what_it_got_wrong(tmp_path: Path) -> None:
    grid(tmp_path)
    _, board = written(tmp_path)
    best = board.lines[0].rows
    write_json(best[1].folder / "errors.json", ERRORS)
    page, _ = written(tmp_path)
    seeds = [row[:2] for row in page.rows if len(row) == 6][1:]
    assert seeds == [[row.seed, number(row.value)] for row in best]
    assert ["bad", "90 900", "10 100"] in page.rows
    assert ["good", "20 20", "80 80"] in page.rows
    assert "good with probability 0.987, labelled bad" in page.text
    assert f"config.yaml of seed {best[1].seed}" in page.text
    assert "Not looked at" not in page.text
    answered = {**ERRORS["mistakes"][0], "output": 1.434}
    write_json(best[1].folder / "errors.json", {**ERRORS, "mistakes": [answered]})
    assert "good for an output of 1.43, labelled bad" in written(tmp_path)[0].text


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"labels": ["a"], "confusion": [[1, 2]]}',
        json.dumps({**ERRORS, "epoch": 0}),
    ],
)
def test_errors_that_cannot_be_read_are_errors_nobody_has_looked_for(
    content: str, tmp_path: Path
) -> None:
    best = run(tmp_path / "a", config())
    (best / "errors.json").write_text(content)
    page, _ = written(tmp_path)
    assert "Not looked at yet" in page.text


def test_alike_failures_are_told_once_with_their_traceback(tmp_path: Path) -> None:
    for place in range(3):
        error = "Traceback\n" + "\n".join(f"  line {i}" for i in range(60)) + "\nOops: no memory"
        run(tmp_path / f"f{place}", config(lr=place), state="failed", error=error)
    run(tmp_path / "p", config(lr=9), state="pruned", error="after epoch 3: behind the others")
    page, _ = written(tmp_path)
    assert "no run has measured val/accuracy" in page.text
    assert "failed (3 runs): Oops: no memory" in page.text
    assert "line 59 Oops: no memory" in page.text
    assert "line 9 " not in page.text
    assert "pruned : after epoch 3" in page.text
    assert page.scripts == []


def test_jobs_that_never_started_are_told_with_what_goes_on(tmp_path: Path) -> None:
    grid(tmp_path)
    command = "python scripts/train.py -m a=1,2 sweep.name=x"
    page, _ = written(tmp_path, Left(2, command))
    assert "12 measured 2 not started" in page.text
    assert "not started : 2 of the sweep's jobs Where nobody works" in page.text
    assert command in page.text


def test_of_a_sweep_that_has_ended_nothing_goes_on(tmp_path: Path) -> None:
    grid(tmp_path)
    page, _ = written(tmp_path)
    assert "not started" not in page.text
    assert "goes on" not in page.text


ODD = {
    "one run": [{}],
    "one key": [{"lr": 0.1}, {"lr": 0.2}],
    "seeds alone": [{"seed": 0}, {"seed": 1}],
    "words, switches, nothing, lists": [
        {"a": None, "b": True, "c": [1, 2]},
        {"a": 0.5, "b": False, "c": [3]},
        {"a": "x" * 300, "b": True},
    ],
    "dates and percents": [{"a": "2020-01-01"}, {"a": "50 %"}, {"a": "nan"}, {"a": "inf"}],
}


@pytest.mark.parametrize("sweep", ODD.values(), ids=ODD)
def test_odd_sweeps_have_a_page(sweep: list[dict], tmp_path: Path) -> None:
    for place, settings in enumerate(sweep):
        run(tmp_path / f"{place}", config(**settings), 0.5 + place / 10)
    page, board = written(tmp_path)
    drawn = {found["id"] for _, found in page.tags if found.get("class") == "plot"}
    assert drawn == set(page.data["figures"])
    assert ("parallel" in drawn) == (len(board.lines) > 1)
    assert ("heat" in drawn) == (len(board.keys) > 1)
    assert len({found["id"] for _, found in page.tags if "id" in found}) == sum(
        "id" in found for _, found in page.tags
    )


def test_what_is_not_a_number_is_left_out(tmp_path: Path) -> None:
    run(tmp_path / "a", config(lr=0.1), 0.9)
    run(tmp_path / "b", config(lr=0.2), 0.8, best={"val/accuracy": 0.8, "val/loss": float("nan")})
    run(tmp_path / "c", config(lr=0.3), None)
    page, board = written(tmp_path)
    assert len(board.lines) == 2
    assert "val/accuracy is not finite at the best epoch" in page.text
    assert "not measured" in page.text


def test_a_long_name_keeps_its_first_and_its_last_setting(tmp_path: Path) -> None:
    keys = [f"a_rather_long_key_{letter}" for letter in "abcdef"]
    for value in range(2):
        run(tmp_path / str(value), config(**dict.fromkeys(keys, value)))
    page, board = written(tmp_path)
    rows = [traces[0]["name"].split("<br>") for traces in page.data["curves"]]
    assert max(len(row) for name in rows for row in name) <= ROW
    names = [" ".join(name) for name in rows]
    for place, (name, line) in enumerate(zip(names, board.lines, strict=True), 1):
        first, *_, last = (f"{key.rpartition('.')[2]}={v}" for key, v in line.settings.items())
        assert name.startswith(f"{place}: {first} ") and name.endswith(f" {last}")
        assert "…" in name and len(name) == NAME


def test_a_name_has_the_numbers_of_the_table(tmp_path: Path) -> None:
    for place, lr in enumerate((0.010092528860766845, 0.02)):
        run(tmp_path / str(place), config(lr=lr), 0.9 - place / 10)
    page, _ = written(tmp_path)
    names = [traces[0]["name"] for traces in page.data["curves"]]
    assert names == ["1: lr=0.01009", "2: lr=0.02"]


@pytest.mark.parametrize("lines", [2, 3, 7, 30])
def test_the_best_line_is_orange_and_the_worst_grey(lines: int, tmp_path: Path) -> None:
    for place in range(lines):
        run(tmp_path / str(place), config(lr=place), 0.9 - place / 100)
    page, _ = written(tmp_path)
    *shades, _ = page.data["figures"]["parallel"]["data"]
    colour = {line: trace["line"]["color"] for trace in shades for line in trace["customdata"]}
    assert sorted(colour) == [*range(lines)]
    assert colour[0] == SHADES[-1] and colour[lines - 1] == SHADES[0]


def test_a_range_is_told_to_its_upper_end(tmp_path: Path) -> None:
    for place in range(FEW + 1):
        lr, decay = 1.234e-5 * 1.3**place, (place * 5 % 13 + 1.5) * 1.11e-6
        run(tmp_path / str(place), config(lr=lr, decay=decay))
    page, _ = written(tmp_path)
    figure = page.data["pairs"]["0,1"]["figure"]
    for axis in ("xaxis", "yaxis"):
        assert all(re.search(r" to \S+\d$", text) for text in figure["layout"][axis]["ticktext"])
    assert figure["data"][0]["hovertemplate"].startswith("decay: %{x}<br>lr: %{y}<br>")
    assert "main effects" not in page.data["pairs"]["0,1"]["note"]


def test_every_main_effect_is_named_by_its_key(tmp_path: Path) -> None:
    grid(tmp_path)
    page, _ = written(tmp_path)
    named = [found["aria-labelledby"] for tag, found in page.tags if tag == "figure"]
    assert named == [found["id"] for tag, found in page.tags if tag == "h3" and "id" in found]
    assert len({*named}) == 2


def test_every_figure_is_named_and_every_control_can_be_reached(
    large: tuple[Page, Leaderboard],
) -> None:
    page, board = large
    assert all(found.get("aria-label") for _, found in page.tags if found.get("class") == "plot")
    boxes = [found for tag, found in page.tags if tag == "input" and "aria-label" in found]
    assert len(boxes) == len(board.lines)
    scrolls = [found for _, found in page.tags if found.get("role") == "region"]
    assert all(found["tabindex"] == "0" and found["aria-label"] for found in scrolls)
    heads = [found for tag, found in page.tags if tag == "th" and "aria-sort" in found]
    assert len(heads) == 1


VALUES = st.lists(
    st.one_of(
        st.floats(allow_nan=False, allow_infinity=False).map(repr),
        st.integers(-5, 5).map(str),
        st.text(max_size=5),
    ),
    min_size=1,
)


@given(VALUES)
def test_values_keep_their_order_on_an_axis_and_among_levels(values: list[str]) -> None:
    axis, few = setting_axis("a", values), levels(values)
    assert all(place is None or -1e-9 <= place <= 1 + 1e-9 for place in axis.places)
    assert all(0 <= level < len(few.labels) for level in few.of)
    pairs = sorted(
        (float(value), axis.places[i], few.of[i])
        for i, value in enumerate(values)
        if is_number(value)
    )
    assert [place for _, place, _ in pairs] == sorted(place for _, place, _ in pairs)
    assert [level for _, _, level in pairs] == sorted(level for _, _, level in pairs)


@given(st.lists(st.floats(1e-6, 1e6), min_size=FEW + 1, unique=True))
def test_a_long_list_of_numbers_becomes_parts_of_it(numbers: list[float]) -> None:
    few = levels([repr(number) for number in numbers])
    assert 1 < len(few.labels) <= 6
    assert set(few.of) == set(range(len(few.labels)))


def is_number(value: str) -> bool:
    try:
        return math.isfinite(float(value))
    except ValueError:
        return False
