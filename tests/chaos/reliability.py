"""Keep the counts of the campaign in docs/reliability.json, and write them into a page."""

import json
from collections.abc import Sequence
from typing import Any

from tests.chaos.kills import strikes
from tests.chaos.programs import ROOT
from tests.chaos.verdicts import KINDS, Verdict, count

from reviewlab.console.table import markdown_table
from reviewlab.runs.files import write_text

COUNTS = ROOT / "docs" / "reliability.json"
PAGE = ROOT / "docs" / "reliability.md"
BEGIN, END = "<!-- written by make chaos -->", "<!-- end -->"
TITLES = {
    "calls": "failing calls",
    "kills": "kills and signals",
    "names": "eight commands on one name",
    "hostile": "damaged inputs",
}


def record(part: str, subject: str, verdicts: Sequence[Verdict]) -> None:
    """Add some cases to the counts, and write the page.

    Args:
        part: a key of `TITLES`.
        subject: what was disturbed.
        verdicts: the cases.
    """
    counts = _read()
    row = counts.setdefault(part, {}).setdefault(subject, {})
    events = strikes(verdicts) if part == "kills" else len(verdicts)
    new = {
        "cases": len(verdicts),
        "events": events,
        **dict(zip(KINDS, count(verdicts), strict=True)),
    }
    for name, number in new.items():
        row[name] = row.get(name, 0) + number
    write_text(COUNTS, json.dumps(counts, indent=1) + "\n")
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    write_text(PAGE, f"{before}{BEGIN}\n\n{as_table(counts)}\n\n{END}{rest.partition(END)[2]}")


def next_seed(part: str, subject: str) -> int:
    """Return the first seed that no recorded case had; an empty subject stands for all together."""
    rows = _read().get(part, {})
    return sum(row["cases"] for name, row in rows.items() if subject in ("", name))


def as_table(counts: dict[str, dict[str, dict[str, int]]]) -> str:
    """Format the counts as a markdown table with a last line for the sums."""
    rows = [
        [TITLES[part], subject, *(f"{row[name]:,}" for name in ("events", *KINDS))]
        for part, subjects in counts.items()
        for subject, row in subjects.items()
    ]
    every = [row for subjects in counts.values() for row in subjects.values()]
    rows.append(
        ["all", "", *(f"{sum(row[name] for row in every):,}" for name in ("events", *KINDS))]
    )
    titles = ["disturbed by", "what", "times", *KINDS]
    return markdown_table(titles, rows, [False, False, *[True] * (len(KINDS) + 1)])


def _read() -> dict[str, Any]:
    return json.loads(COUNTS.read_text(encoding="utf-8")) if COUNTS.exists() else {}
