"""Write pages of sweeps and parse them."""

import json
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path

from reviewlab.reporting.leaderboard import Leaderboard, read_leaderboard
from reviewlab.reporting.page.document import write_page
from reviewlab.reporting.page.unfinished import NOTHING, Left
from reviewlab.reporting.rows import run_folders

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
    """A parsed page: tags with attributes, texts, scripts and tables."""

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
    board = read_leaderboard(list(run_folders(folder)), "val/accuracy", "max")
    write_page(board, folder.name, folder / "report.html", left=left)
    return Page(folder / "report.html"), board
