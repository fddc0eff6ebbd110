"""What a seeded generator does to checkpoints and folders ends clearly, and does no harm."""

import sys
from pathlib import Path
from random import Random

import pytest
from tests.chaos import hostile
from tests.chaos.changing import mutate
from tests.chaos.endings import Ended, Expected, problems_of
from tests.chaos.hostile import Hostility
from tests.chaos.subjects import SUBJECTS, Case, Command, draw

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="measures memory in /proc")

SEEDS = [127, 309, 314, 342, 357, 366, 136, 279, 291, 320, 36, 108]
"""Cases of one artefact and few commands, so that little has to be prepared."""

EXPECTED = Expected({"a line", "# lines"}, "3 lines", 300_000)
DONE = Ended(0, "3 lines", "a line", 300_000)


@pytest.fixture(scope="module")
def hostility(tmp_path_factory: pytest.TempPathFactory) -> Hostility:
    hostility = Hostility(tmp_path_factory.mktemp("hostile"))
    hostility.judge(SEEDS[0])  # makes what the planted faults are compared with
    return hostility


@pytest.mark.parametrize("seed", SEEDS)
def test_a_hostile_artefact_is_read_or_refused(hostility: Hostility, seed: int) -> None:
    _, (case, problems) = hostility.judge(seed)
    assert case.startswith(f"{seed} mlp ")
    assert not problems


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("code run", "open('canary', 'w')"),
        ("code run", "import hostile_module"),
        ("left", "open('.result.json.00000000.tmp', 'w')"),
        ("changed", "open('outputs/runs/other/result.json', 'w')"),
        ("lost", "import os; os.remove('outputs/runs/other/result.json')"),
        ("unclear", "1 / 0"),
        ("hung", "import time; time.sleep(60)"),
    ],
)
def test_a_planted_fault_is_found(
    hostility: Hostility, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, code: str
) -> None:
    (tmp_path / "planted.py").write_text(f"import sys\nsys.path.append('.')\n{code}\n")
    if kind == "hung":
        monkeypatch.setattr(hostile, "PATIENCE", 2.0)
    planted = Command("planted", lambda place: [str(tmp_path / "planted.py")])
    _, (_, problems) = hostility.judge(SEEDS[0], planted)
    assert {found for found, _ in problems} == {kind}


@pytest.mark.parametrize(
    ("ended", "kind"),
    [
        (DONE, None),
        (DONE._replace(err="a line\nanother line"), None),
        (DONE._replace(err="one\ntwo"), "unclear"),
        (DONE._replace(err="Traceback (most recent call last):"), "unclear"),
        (DONE._replace(out="3 lines\x1b[31m"), "unclear"),
        (DONE._replace(out="x" * 10_000), "unclear"),
        (DONE._replace(peak=2_000_000), "unclear"),
        (DONE._replace(code=1), "unclear"),
        (DONE._replace(code=1, err="failed"), None),
        (DONE._replace(code=2, err="failed"), "unclear"),
        (DONE._replace(code=2, err="error: failed"), None),
        (DONE._replace(code=-11), "unclear"),
        (DONE._replace(code=None), "hung"),
    ],
)
def test_an_ending_is_judged(ended: Ended, kind: str | None) -> None:
    problems = problems_of(ended, EXPECTED, damaged=False, changes=1)
    assert {found for found, _ in problems} == ({kind} if kind else set())


def test_damaged_bytes_must_not_change_a_result() -> None:
    [(kind, _)] = problems_of(DONE._replace(out="4 lines"), EXPECTED, damaged=True, changes=1)
    assert kind == "changed"
    slower = DONE._replace(out="3 lines\n16 reviews in 0.5 s")
    assert not [*problems_of(slower, EXPECTED, damaged=True, changes=1)]


def test_a_seed_repeats_its_case(tmp_path: Path) -> None:
    changes = []
    for name in ("a", "b"):
        run = tmp_path / name / SUBJECTS["run folder"].place
        run.mkdir(parents=True)
        for file in ("status.json", "result.json"):
            (run / file).write_text('{"state": "done", "attempts": [1, 2]}')
        (run / "config.yaml").write_text("seed: 1\ndata: {batch_size: 2}\n")
        random = Random(7)
        drawn = draw(random)
        case = Case("run folder", "mlp", drawn.command)
        changes.append((drawn, mutate(random, case, tmp_path / name, tmp_path / "canary")))
    assert changes[0] == changes[1]
