"""The best configuration on the page: its runs, its command, its mistakes."""

import html
import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.reporting.folders import config, grid, run
from tests.reporting.page.pages import ERRORS, written

from reviewlab.console.commands import command
from reviewlab.reporting.cells import number
from reviewlab.runs.files import write_json


@pytest.mark.skipif(shutil.which("bash") is None, reason="the system has no bash")
@pytest.mark.parametrize("name", ["plain", "with space", "it's", 'a"b', "$HOME", "a;b&c", "a\nb"])
def test_the_commands_are_right_when_pasted(name: str, tmp_path: Path) -> None:
    best = run(tmp_path / name, config())
    page, _ = written(tmp_path)
    (again,) = re.findall(r'<code id="\w+">(.*?)</code>', page.source, re.DOTALL)
    expected = [*shlex.split(command("train")), f"rerun={best}"]
    paste = ["bash", "-c", f"printf '%s\\0' {html.unescape(again)}"]
    pasted = subprocess.run(paste, capture_output=True, text=True, check=True)
    assert pasted.stdout.split("\0")[:-1] == expected


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
    assert "Not analysed" not in page.text
    repeated = {**ERRORS["mistakes"][0], "labels": {"bad": 12, "so-so": 1}}
    write_json(best[1].folder / "errors.json", {**ERRORS, "mistakes": [repeated]})
    assert "0.987, labelled bad 12 times, so-so 1 time" in written(tmp_path)[0].text
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
    assert "Not analysed yet" in page.text
