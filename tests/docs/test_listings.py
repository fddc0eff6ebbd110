"""The commands that README, tutorial and how-to guides show run as they are written.

In a ```console block a line that begins with `$ ` is a command, and continues in the next line if
it ends with a backslash; every other line is output. All commands with `scripts/` in them are run
by bash, in the order of the page, in one folder for each page that has `scripts/`, `conf/` and
`.venv/` as a checkout has them and is otherwise empty. Others (`make ...`, `export ...`) are not.

- A run folder is written as `<run folder>`, `outputs/runs/<run>`, or as it was printed at the time:
  if there is no such folder, the newest run takes its place.
- `best.ckpt` without a folder is a copy of the newest run's.
- `reviews.csv` and `reviews.jsonl` hold a few reviews in the column `text`, `my_reviews.csv` has
  labels too.
- A command that names imdb or netflix needs the real data, and so does one that continues with its
  run. `REVIEWLAB_IMDB` and `REVIEWLAB_NETFLIX` are set.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import pytest
from tests.cli.processes import ROOT, environment, runs
from tests.forked import python
from tests.made_reviews import write_table

PAGES = [
    *(ROOT / "README.md", ROOT / "docs" / "tutorial.md"),
    *sorted((ROOT / "docs" / "howto").glob("*.md")),
]
LONGEST_README = 200
REVIEWS = ["slow start, but worth it", 'it said "great", and it was not', "Größe zählt", ""]
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
RUN = re.compile(r"<run folder>|outputs/runs/(?:<[^>]*>|[\w.-]+)(?=[/\s'\"]|$)")

REFUSED = "  # refused"
"""Added to a command whose output begins with `error: `: it has to be refused."""

pytestmark = pytest.mark.skipif(not PAGES[0].exists(), reason="not in a checkout")


def commands(text: str) -> list[str]:
    """The commands of a page that start one of our programs, in order."""
    lines = re.sub(r"\\\n\s*", "", "".join(BLOCK.findall(text))).splitlines()
    shown = [
        line.removeprefix("$ ") + REFUSED * following.startswith("error: ")
        for line, following in pairwise([*lines, ""])
        if line.startswith("$ ")
    ]
    return [command for command in shown if "scripts/" in command]


def split_by_data(shown: list[str]) -> tuple[list[str], list[str]]:
    """Those that need nothing, and those that need the real data."""
    demo: list[str] = []
    real: list[str] = []
    kind = demo
    for command in shown:
        continues = RUN.search(command) or "best.ckpt" in command
        if not continues:
            kind = demo
        if re.search("imdb|netflix", command, re.IGNORECASE):
            kind = real
        kind.append(command)
    return demo, real


def read(page: Path) -> tuple[list[str], list[str]]:
    """The commands of a page without and with real data."""
    return split_by_data(commands(page.read_text(encoding="utf-8")))


def fill_in(command: str, cwd: Path) -> str:
    """The command with the newest run in the place of one that is not there."""

    def newest(match: re.Match[str]) -> str:
        if (cwd / match[0]).exists():
            return match[0]
        return f"outputs/runs/{runs(cwd)[-1].name}"

    return RUN.sub(newest, command)


def furnish(cwd: Path) -> None:
    """What a checkout has, and tables of reviews."""
    for name in ("scripts", "conf"):
        (cwd / name).symlink_to(ROOT / name)
    (cwd / ".venv").symlink_to(sys.prefix)
    rows = [json.dumps({"text": review}, ensure_ascii=False) for review in REVIEWS]
    (cwd / "reviews.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")
    write_table(cwd / "my_reviews.csv", reviews=200)
    quoted = ['"' + review.replace('"', '""') + '"' for review in REVIEWS]
    (cwd / "reviews.csv").write_text("\n".join(["text", *quoted]) + "\n", encoding="utf-8")


def run_all(page: Path, shown: list[str], cwd: Path, variables: Mapping[str, str]) -> None:
    furnish(cwd)
    for number, command in enumerate(shown):
        # the first command that a reader sees starts Python, as a person does; the rest is forked
        is_first = page == PAGES[0] and number == 0
        folder = Path(sys.executable if is_first else python()).parent
        if "best.ckpt" in command and runs(cwd):
            shutil.copy(runs(cwd)[-1] / "checkpoints" / "best.ckpt", cwd)
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", fill_in(command, cwd)],
            cwd=cwd,
            env={**environment(cwd), "PATH": f"{folder}:{os.environ['PATH']}", **variables},
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        wanted = 2 if command.endswith(REFUSED) else 0
        assert done.returncode == wanted, f"{command}\n{done.stdout}{done.stderr}"
        assert "Traceback" not in done.stderr, command


def test_commands_are_found() -> None:
    text = """
```console
$ python scripts/train.py data=imdb \\
    seed=1
epoch 1/1
$ make test
```
```python
$ python scripts/no.py
```
```console
$ python scripts/train.py modle=gru
error: modle: no such key
$ cat reviews.csv | python scripts/predict.py checkpoint=<run folder>/checkpoints/best.ckpt
$ python scripts/train.py
$ python scripts/evaluate.py checkpoint=outputs/runs/2026-01-01_00-00-00-demo/checkpoints/best.ckpt
```
"""
    demo, real = split_by_data(commands(text))
    assert demo[0] == "python scripts/train.py modle=gru  # refused"
    assert demo[1].endswith(" checkpoint=<run folder>/checkpoints/best.ckpt")
    assert [command.split()[1] for command in demo[2:]] == [
        "scripts/train.py",
        "scripts/evaluate.py",
    ]
    assert real == ["python scripts/train.py data=imdb seed=1"]


def test_the_newest_run_takes_the_place_of_one_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "outputs" / "runs" / "here").mkdir(parents=True)
    for written in ("<run folder>", "outputs/runs/<run>", "outputs/runs/gone", "outputs/runs/here"):
        assert fill_in(f"a={written}/b 'c'", tmp_path) == "a=outputs/runs/here/b 'c'"
    assert fill_in("tensorboard --logdir outputs/runs", tmp_path).endswith(" outputs/runs")


def test_the_readme_is_short() -> None:
    lines = PAGES[0].read_text(encoding="utf-8").splitlines()
    assert len(lines) <= LONGEST_README


def test_the_readme_names_every_package() -> None:
    packages = {path.parent.name for path in (ROOT / "src" / "reviewlab").glob("*/__init__.py")}
    named = re.findall(r"^      (\w+)/ ", PAGES[0].read_text(encoding="utf-8"), re.MULTILINE)
    assert packages == {*named}


@pytest.mark.parametrize("kind", ["demo", "real"])
def test_both_kinds_are_shown(kind: str) -> None:
    shown = [command for page in PAGES for command in read(page)[kind == "real"]]
    for program in ("train", "predict", "evaluate"):
        assert any(f"scripts/{program}.py" in command for command in shown)


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page.exists() and read(page)[0]], ids=lambda page: page.stem
)
def test_commands_that_need_no_data(page: Path, tmp_path: Path) -> None:
    run_all(page, read(page)[0], tmp_path, {})


@pytest.mark.real_data
@pytest.mark.parametrize(
    "page", [page for page in PAGES if page.exists() and read(page)[1]], ids=lambda page: page.stem
)
def test_commands_on_the_real_data(
    page: Path, tmp_path: Path, imdb_source: Path, netflix_source: Path
) -> None:
    variables = {"REVIEWLAB_IMDB": str(imdb_source), "REVIEWLAB_NETFLIX": str(netflix_source)}
    run_all(page, read(page)[1], tmp_path, variables)
