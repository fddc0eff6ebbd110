"""The command `scripts/report.py`."""

import json
from pathlib import Path

import pytest
from tests.reporting.folders import config, grid, run
from tests.reporting.page.pages import ERRORS

from reviewlab.cli.report import main
from reviewlab.exceptions import InputError
from reviewlab.runs.files import write_json, write_text

FILES = {"leaderboard.md", "leaderboard.csv", "leaderboard.html", "figures"}


def test_a_sweep_gets_its_leaderboard(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    grid(tmp_path)
    main([str(tmp_path)])
    assert {path.name for path in tmp_path.iterdir()} == {"jobs", *FILES}
    assert "4 configurations, 12 runs, by val/accuracy" in capsys.readouterr().out


def test_of_several_folders_nothing_is_written_unless_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    grid(tmp_path / "a")
    grid(tmp_path / "b")
    main([str(tmp_path / "a"), str(tmp_path / "b")])
    assert "4 configurations, 12 runs" in capsys.readouterr().out
    assert {path.name for path in tmp_path.iterdir()} == {"a", "b"}
    main([str(tmp_path / "a"), str(tmp_path / "b"), "--output", str(tmp_path / "c")])
    assert {path.name for path in (tmp_path / "c").iterdir()} == FILES


def test_the_page_is_written_when_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    grid(tmp_path / "one")
    main([str(tmp_path / "one"), "--html"])
    page = tmp_path / "one" / "report.html"
    assert capsys.readouterr().out.endswith(f"page: {page}\n")
    assert "<title>one</title>" in page.read_text(encoding="utf-8")
    main([str(tmp_path / "one"), "--html", "--output", str(tmp_path / "there")])
    assert {path.name for path in (tmp_path / "there").iterdir()} == {*FILES, "report.html"}


def test_figures_for_print_are_drawn_when_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    grid(tmp_path)
    main([str(tmp_path), "--figures", "pdf"])
    folder = tmp_path / "figures"
    assert capsys.readouterr().out.endswith(f"\nfigures: {folder}/*.pdf\n")
    assert len([*folder.glob("*.pdf")]) == len([*folder.glob("*.png")]) == 4


def test_what_the_winner_got_wrong_is_known_of_the_first_run_that_can_be_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *_ = (run(tmp_path / "jobs" / str(seed), config(seed=seed)) for seed in range(3))

    def measured(folder: Path) -> None:
        if folder == first:
            raise InputError("checkpoint: it is <gone>")
        write_json(folder / "errors.json", ERRORS)

    monkeypatch.setattr("reviewlab.evaluation.error_analysis.measure_errors", measured)
    main([str(tmp_path), "--html"])
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "config.yaml of seed 1" in page
    assert "Not analysed" not in page


def test_why_the_winner_could_not_be_looked_at_is_on_the_page(tmp_path: Path) -> None:
    grid(tmp_path)
    main([str(tmp_path), "--html"])
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "Not analysed: checkpoint" in page
    assert "scripts/errors.py" not in page


def test_a_sweep_is_ranked_as_it_was_made_to_be(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    grid(tmp_path)
    write_text(tmp_path / "sweep.yaml", "metric: val/loss\nmode: min\n")
    main([str(tmp_path)])
    assert "by val/loss (lowest first)" in capsys.readouterr().out


def test_sweeps_with_one_plan_are_compared_by_it(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    folders = [tmp_path / name for name in ("a", "b")]
    for folder, lr in zip(folders, (0.1, 0.2), strict=True):
        for seed in range(3):
            run(folder / "jobs" / str(seed), config(lr=lr, seed=seed), 0.7 + lr + seed / 100)
        write_text(folder / "sweep.yaml", "seeds: ['0', '1', '2']\n")
    main([*map(str, folders)])
    assert "even if seeds are added to the 3 planned" in " ".join(capsys.readouterr().out.split())
    write_text(folders[1] / "sweep.yaml", "seeds: ['0', '1']\n")
    main([*map(str, folders)])
    assert "none was planned" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["{}/nothing"], "nothing' does not exist; allowed: a folder of runs"),
        (["{}/empty"], "empty' contains no runs"),
        ([], "folder"),
        (["{}/runs", "--metric", "test/accuracy"], "--test-winner"),
        (["{}/runs", "--metric", "val/acuracy"], "did you mean 'val/accuracy'"),
        (["{}/runs", "--mode", "most"], "invalid choice"),
        (["{}/runs", "--output", "{}/runs/a/status.json"], "is a file"),
        (["{}/runs", "--test-winner"], "best.ckpt' is missing"),
        (["{}/runs", "--html"], "give a folder with --output"),
        (["{}/runs", "--figures", "svg"], "figures: there is no sweep folder to write figures to"),
        (["{}/runs", "--figures", "jpg"], "invalid choice: 'jpg'"),
        (["{}/runs", "--winner"], "unrecognized"),
    ],
)
def test_a_mistake_is_one_line(
    arguments: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    run(tmp_path / "runs" / "a", config())
    (tmp_path / "empty").mkdir()
    with pytest.raises(SystemExit) as left:
        main([argument.format(tmp_path) for argument in arguments])
    shown = capsys.readouterr()
    assert left.value.code == 2
    assert said in shown.err
    assert shown.err.count("\n") == 1
    assert shown.out == ""


def test_another_metric_leaves_the_files_of_the_sweeps_own(tmp_path: Path) -> None:
    grid(tmp_path)
    main([str(tmp_path), "--html"])
    own = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert tmp_path / "report.html" in own
    main([str(tmp_path), "--html", "--metric", "val/loss"])
    assert {path: path.read_bytes() for path in own} == own
    for name in ("leaderboard-val-loss.csv", "leaderboard-val-loss.html", "report-val-loss.html"):
        assert "val/loss" in (tmp_path / name).read_text(encoding="utf-8")
    assert list((tmp_path / "figures-val-loss").glob("*.png"))
    main([str(tmp_path), "--mode", "min"])
    assert (tmp_path / "leaderboard-val-accuracy-min.md").is_file()
    assert {path: path.read_bytes() for path in own} == own


def sweep_within(folder: Path, margin: float | None) -> None:
    """Write a sweep that recorded this margin."""
    grid(folder)
    record = {"metric": "val/accuracy", "seeds": ["0", "1", "2"], "margin": margin}
    write_text(folder / "sweep.yaml", json.dumps(record))


@pytest.mark.parametrize(
    ("recorded", "options", "suffix", "line"),
    [
        (0.02, (), "", "= equal to the best within 0.02 "),
        (None, (), "", "~ not distinguishable "),
        (None, ("--margin", "0.02"), "-margin-0.02", "= equal to the best within 0.02 "),
        (0.02, ("--margin", "0"), "-margin-0", "~ not distinguishable "),
        (0.02, ("--margin", "0.02"), "", "= equal to the best within 0.02 "),
        (0.02, ("--metric", "val/loss"), "-val-loss", "~ not distinguishable "),
    ],
)
def test_the_margin_is_the_sweeps_own_unless_another_is_given(
    tmp_path: Path,
    recorded: float | None,
    options: tuple[str, ...],
    suffix: str,
    line: str,
    capsys: pytest.CaptureFixture,
) -> None:
    sweep_within(tmp_path, recorded)
    main([str(tmp_path), *options])
    assert f"\n{line}" in capsys.readouterr().out
    assert [path.name for path in tmp_path.glob("*.md")] == [f"leaderboard{suffix}.md"]


@pytest.mark.parametrize("margin", ["-1", "nan", "inf", "small"])
def test_a_margin_that_is_no_size_is_refused(
    tmp_path: Path, margin: str, capsys: pytest.CaptureFixture
) -> None:
    grid(tmp_path)
    with pytest.raises(SystemExit):
        main([str(tmp_path), f"--margin={margin}"])
    assert f"--margin: {margin!r} is not allowed; allowed: a number >= 0" in capsys.readouterr().err
