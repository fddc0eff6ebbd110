"""The commands of the README run as written.

In a ```console block a line that begins with `$ ` is a command, and goes on in the next line where
it ends with a backslash; every other line is output. All commands with `scripts/` in them are run,
in the order of the README, by bash, in a folder for each section that has `scripts/`, `conf/` and
`.venv/` as the checkout has them and is otherwise empty. Others (`make ...`, `git ...`,
`export ...`) are not.

- A run folder is written as `<run folder>`, `outputs/runs/<run>`, or as it was printed at the time:
  where there is no such folder the newest run takes its place.
- `best.ckpt` without a folder is a copy of the newest run's.
- `reviews.csv` and `reviews.jsonl` hold a few reviews in the column `text`.
- A command that names imdb or netflix needs the real data, and so does one that goes on with its
  run. `REVIEWLAB_IMDB` and `REVIEWLAB_NETFLIX` are set; `<imdb folder>` and `<netflix csv>` stand
  for their values.
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

README = ROOT / "README.md"
REVIEWS = ["slow start, but worth it", 'it said "great", and it was not', "Größe zählt", ""]
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
RUN = re.compile(r"<run folder>|outputs/runs/(?:<[^>]*>|[\w.-]+)(?=[/\s'\"]|$)")

REFUSED = "  # refused"
"""Marks a command whose output begins with `error: ` and which has to fail with it."""

pytestmark = pytest.mark.skipif(not README.exists(), reason="there is no README.md")


def commands(text: str) -> list[str]:
    """Return the commands of a README that start one of our programs, in order."""
    lines = re.sub(r"\\\n\s*", "", "".join(BLOCK.findall(text))).splitlines()
    found = [
        line.removeprefix("$ ") + REFUSED * following.startswith("error: ")
        for line, following in pairwise([*lines, ""])
        if line.startswith("$ ")
    ]
    return [command for command in found if "scripts/" in command]


def split_by_data(found: list[str]) -> tuple[list[str], list[str]]:
    """Split commands into those that need no data and those that need the real data."""
    demo: list[str] = []
    real: list[str] = []
    kind = demo
    for command in found:
        goes_on = RUN.search(command) or "best.ckpt" in command
        if not goes_on:
            kind = demo
        if re.search("imdb|netflix", command, re.IGNORECASE):
            kind = real
        kind.append(command)
    return demo, real


def demo_chains(text: str) -> dict[str, list[str]]:
    """Return the commands that need no data, by section, so that sections can run in parallel.

    A section that begins with an existing run is appended to the first section.
    """
    chains: dict[str, list[str]] = {}
    for section in re.split(r"^## ", text, flags=re.MULTILINE):
        found, _ = split_by_data(commands(section))
        if found and chains and RUN.search(found[0]):
            next(iter(chains.values())).extend(found)
        elif found:
            chains[section.splitlines()[0]] = found
    return chains


def fill_in(command: str, cwd: Path) -> str:
    """Replace a missing run folder in a command by the newest run."""

    def newest(match: re.Match[str]) -> str:
        if (cwd / match[0]).exists():
            return match[0]
        return f"outputs/runs/{runs(cwd)[-1].name}"

    command = RUN.sub(newest, command)
    for name in ("imdb folder", "netflix csv"):
        command = command.replace(f"<{name}>", f'"$REVIEWLAB_{name.split()[0].upper()}"')
    return command


def furnish(cwd: Path) -> None:
    """Fill a folder with the contents of a checkout and tables of reviews."""
    for name in ("scripts", "conf"):
        (cwd / name).symlink_to(ROOT / name)
    (cwd / ".venv").symlink_to(sys.prefix)
    rows = [json.dumps({"text": review}, ensure_ascii=False) for review in REVIEWS]
    (cwd / "reviews.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")
    write_table(cwd / "my_reviews.csv", reviews=200)
    quoted = ['"' + review.replace('"', '""') + '"' for review in REVIEWS]
    (cwd / "reviews.csv").write_text("\n".join(["text", *quoted]) + "\n", encoding="utf-8")


def run_all(found: list[str], cwd: Path, variables: Mapping[str, str]) -> None:
    furnish(cwd)
    for number, command in enumerate(found):
        # the first command of each section starts Python as written; the others are forked
        folder = Path(python() if number else sys.executable).parent
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


def test_the_readme_shows_both_kinds() -> None:
    demo, real = split_by_data(commands(README.read_text(encoding="utf-8")))
    for found in (demo, real):
        assert any("scripts/train.py" in command for command in found)
        assert any("scripts/predict.py" in command for command in found)


CHAINS = demo_chains(README.read_text(encoding="utf-8")) if README.exists() else {}


def test_no_command_is_lost() -> None:
    demo, _ = split_by_data(commands(README.read_text(encoding="utf-8")))
    assert sorted(command for chain in CHAINS.values() for command in chain) == sorted(demo)


@pytest.mark.parametrize("section", CHAINS)
def test_commands_that_need_no_data(section: str, tmp_path: Path) -> None:
    run_all(CHAINS[section], tmp_path, {})


@pytest.mark.real_data
def test_commands_on_the_real_data(tmp_path: Path, imdb_source: Path, netflix_source: Path) -> None:
    _, real = split_by_data(commands(README.read_text(encoding="utf-8")))
    variables = {"REVIEWLAB_IMDB": str(imdb_source), "REVIEWLAB_NETFLIX": str(netflix_source)}
    run_all(real, tmp_path, variables)
