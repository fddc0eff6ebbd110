"""Comparing runs: the report, the test set, TensorBoard."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams import metadata
from tests.cli.processes import Done
from tests.reporting.folders import config, grid, run

from reviewlab.cli.report import main
from reviewlab.reporting.leaderboard import read_leaderboard

Train = Callable[..., Done]
TINY = ("data.reviews=300", "trainer.max_epochs=2", "optimizer.lr=0.03")


@pytest.fixture
def sweep(tmp_path: Path, train_here: Train) -> Path:
    """Two models with two seeds each, laid out as a sweep."""
    for model in ("lstm", "mlp"):
        for seed in range(2):
            done = train_here(tmp_path, f"model={model}", f"seed={seed}", *TINY)
            assert done.code == 0
    jobs = tmp_path / "sweep" / "jobs"
    jobs.parent.mkdir()
    (tmp_path / "outputs" / "runs").rename(jobs)
    return jobs.parent


def uses(sweep: Path) -> dict[str, int]:
    return {
        path.parent.name: json.loads(path.read_text())["test_uses"]
        for path in (sweep / "jobs").glob("*/result.json")
    }


def test_only_the_winners_runs_are_measured_on_the_test_split_and_that_is_counted(
    sweep: Path, capsys: pytest.CaptureFixture
) -> None:
    main([str(sweep)])
    assert set(uses(sweep).values()) == {0}
    assert "test/accuracy" not in capsys.readouterr().out
    best = read_leaderboard([*(sweep / "jobs").iterdir()], "val/accuracy", "max").lines[0]
    won = {row.folder.name for row in best.rows}
    assert len(won) == 2
    for time in (1, 2):
        main([str(sweep), "--test-winner"])
        assert {name for name, count in uses(sweep).items() if count == time} == won
        assert f"measured {2 * time} times" in " ".join(capsys.readouterr().out.split())
    assert "test/accuracy of the best" in (sweep / "leaderboard.md").read_text()


def test_tensorboard_compares_runs_by_the_same_keys(sweep: Path) -> None:
    keys = []
    for folder in (sweep / "jobs").iterdir():
        events = EventAccumulator(str(folder)).Reload()
        names = events.Tags()["scalars"]
        assert "hp_metric" not in names
        assert "best/val/accuracy" in names
        content = events.SummaryMetadata(metadata.SESSION_START_INFO_TAG).plugin_data.content
        row = metadata.parse_session_start_info_plugin_data(content)
        assert row.group_name == folder.name
        assert row.hparams["data.balanced"].WhichOneof("kind") == "bool_value"
        keys.append(set(row.hparams))
    common = set.intersection(*keys)
    assert {"seed", "model", "optimizer", "optimizer.lr", "loss.label_smoothing"} <= common
    assert all(key.startswith("model.") for key in set.union(*keys) - common)


def test_the_page_shows_what_the_winner_gets_wrong(
    sweep: Path, capsys: pytest.CaptureFixture
) -> None:
    main([str(sweep), "--html"])
    best = read_leaderboard([*(sweep / "jobs").iterdir()], "val/accuracy", "max").lines[0].rows[0]
    kept = json.loads((best.folder / "errors.json").read_text())
    page = (sweep / "report.html").read_text()
    assert kept["mistakes"][0]["text"] in page
    result = json.loads((best.folder / "result.json").read_text())
    right = sum(kept["confusion"][i][i] for i in range(len(kept["labels"])))
    assert right / kept["reviews"] == pytest.approx(result["best"]["val/accuracy"], abs=1e-6)

    for row in (sweep / "jobs").iterdir():
        (row / "checkpoints" / "best.ckpt").unlink()
        (row / "errors.json").unlink(missing_ok=True)
    main([str(sweep), "--html"])
    assert "the page does not show the winner's mistakes: checkpoint" in capsys.readouterr().err
    page = (sweep / "report.html").read_text()
    assert "Not analysed: checkpoint: " in page


def test_no_folders_name_controls_a_terminal_or_a_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sweep = tmp_path / "a\x1b[2J\nb\u202ec"
    grid(sweep / "jobs")
    run(sweep / "jobs" / "bad\n\x07", config(seed=9), state="failed", error="boom")
    runs = tmp_path / "runs\x1b\n.csv"
    main([str(sweep), "--html", "--export", str(runs)])
    shown = capsys.readouterr().out
    assert "a\\x1b[2J\\nb\\u202ec/report.html\n" in shown
    assert "/bad\\n\\x07\n" in shown
    assert "runs\\x1b\\n.csv\n" in shown
    page, table = (sweep / "report.html").read_text(), (sweep / "leaderboard.md").read_text()
    assert not {*"\x1b\x07\u202e"} & {*shown, *table}
    assert "<title>a\\x1b[2J\\nb\\u202ec" in page
    assert not {*"\x1b\x07\u202e"} & {*re.sub(r"(?s)<script.*?</script>", "", page)}
