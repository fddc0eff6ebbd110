"""`reviewlab judge` compares runs of any project."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pandas
import pytest
from tests.cli.processes import Done, once, train
from tests.judging.tables import numbers, write_table
from tests.reporting.boards import table

from reviewlab.api.sweeps import Sweep
from reviewlab.cli import judge as command
from reviewlab.cli import report
from reviewlab.cli.judge import main, split_names
from reviewlab.evaluation.find import read_sweep
from reviewlab.reporting.reporter import Reporter

NAMES = ("model", "lr", "seed", "accuracy")
RUNS = [
    (model, lr, seed, 0.7 + 0.1 * (model == "b") + seed / 100 + number % 5 / 500)
    for number, (model, lr, seed) in enumerate(
        (model, lr, seed) for model in "ab" for lr in (0.1, 0.01) for seed in range(3)
    )
]
OPTIONS = ("metric=accuracy", "group=model,lr", "seed=seed")
TINY = [
    *("data=demo", "data.reviews=300", "trainer.max_epochs=2", "sweep.baseline=none"),
    *("model=lstm,mlp", "optimizer.lr=0.03,0.003", "seed=0,1", "sweep.name=four"),
]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a table of twelve runs."""
    monkeypatch.chdir(tmp_path)
    write_table(tmp_path / "runs.csv", NAMES, *RUNS)
    return tmp_path


@pytest.fixture
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a sweep over two models, two learning rates and two seeds."""

    def sweep(folder: Path) -> Done:
        done = train(folder, "-m", *TINY)
        assert done.code == 0, done.err
        return Done(done.code, str(folder), "", [])

    return Path(once(tmp_path_factory, "judged", sweep).out) / "outputs" / "sweeps" / "four"


def test_a_table_gets_a_leaderboard_figures_and_a_page(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["runs.csv", *OPTIONS, "html=true", "figures=svg", "planned=3"])
    out = capsys.readouterr().out
    assert out.startswith("model b with lr ")
    assert "4 configurations, 12 runs, by accuracy (highest first)" in out
    assert "even if seeds are added to the 3 planned" in " ".join(out.split())
    assert "0 seconds" not in out
    folder = here / "outputs" / "judged" / "runs"
    assert f"leaderboard: {folder.relative_to(here)}/leaderboard.html" in out
    written = {path.name for path in folder.rglob("*") if path.is_file()}
    assert {"leaderboard.md", "leaderboard.csv", "leaderboard.html", "report.html"} <= written
    assert {"ranking.svg", "main_effects.svg", "ranking.png"} <= written
    assert "parameters_and_time.png" not in written
    best = table(folder / "leaderboard.csv")[0]
    assert (best["model"], best["n"], best["planned_seeds"]) == ("b", "3", "3")
    assert (best["parameters"], best["seconds"], best["epochs"]) == ("", "", "")
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "runs.csv:" in page
    assert "rerun=" not in page
    assert "Not analysed" not in page


def test_every_format_gives_the_same_files(here: Path) -> None:
    frame = pandas.DataFrame(RUNS, columns=NAMES)
    frame.to_parquet("runs.parquet")
    frame.to_csv("tabs.tsv.gz", sep="\t", index=False)
    lines = [json.dumps(row) for row in frame.to_dict("records")]  # to_json rounds to 15 digits
    Path("lines.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    made = {}
    for name in ("runs.csv", "runs.parquet", "tabs.tsv.gz", "lines.jsonl"):
        main([name, *OPTIONS, f"output={name}-judged"])
        rows = table(here / f"{name}-judged" / "leaderboard.csv")
        made[name] = [{**row, "folders": ""} for row in rows]
    assert all(rows == made["runs.csv"] for rows in made.values())


def test_columns_inside_objects_are_named_by_a_path(here: Path) -> None:
    rows = [f'{{"params": {{"model": "{m}"}}, "seed": {s}, "acc": {v}}}' for m, _, s, v in RUNS[:3]]
    Path("runs.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")
    main(["runs.jsonl", "metric=acc", "group=params.model", "seed=seed", "output=out"])
    assert table(here / "out" / "leaderboard.csv")[0]["n"] == "3"


def test_the_direction_and_the_margin_can_be_given(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["runs.csv", *OPTIONS, "mode=min", "margin=0.5"])
    assert "model a with lr " in capsys.readouterr().out
    assert table(Path("outputs/judged/runs/leaderboard.csv"))[0]["margin"] == "0.5"
    main(["runs.csv", *OPTIONS, "margin=none"])
    assert table(Path("outputs/judged/runs/leaderboard.csv"))[0]["margin"] == ""


def test_percentages_are_not_taken_for_shares(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    percent = [(*run, 100 * value) for *run, value in RUNS]
    write_table(here / "percent.csv", NAMES, *percent)
    main(["percent.csv", *OPTIONS, "margin=0.5"])
    out = " ".join(capsys.readouterr().out.split())
    assert "is best: accuracy 81" in out
    assert "points" not in out


def test_the_numbers_of_a_sweep_are_those_of_its_own_leaderboard(
    swept: Path, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report.main([str(swept), "--export", "runs.csv"])
    own = read_sweep(swept)
    assert len(own.lines) == 4
    boards = []

    def make(*arguments: object) -> Reporter:
        boards.append(reporter := made(*arguments))
        return reporter

    made = command.make_reporter
    monkeypatch.setattr(command, "make_reporter", make)
    group = f"group={','.join(own.keys)}"
    main(["runs.csv", "metric=val/accuracy", group, "seed=seed", "state=state", "planned=2"])
    [judged] = boards
    assert numbers(judged.board) == numbers(own)
    assert judged.board.margin == own.margin
    rows = table(here / "outputs" / "judged" / "runs" / "leaderboard.csv")
    ours = Sweep(swept).leaderboard()
    for name in ("mean", "standard_deviation", "half_seeds", "p_holm", "p_equal"):
        own_cells = pandas.Series(ours[name], dtype=float)
        cells = pandas.Series([float(row[name] or "nan") for row in rows])
        pandas.testing.assert_series_equal(
            cells, own_cells, check_names=False, rtol=1e-12, atol=1e-12
        )


def test_event_files_of_tensorboard_can_be_exported(
    swept: Path, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    guide = Path(__file__).resolve().parents[2] / "docs" / "howto" / "judge.md"
    if not guide.is_file():
        pytest.skip("not in a checkout")
    code = re.search(r"```python\n(.*?tensorboard.*?)```", guide.read_text("utf-8"), re.DOTALL)
    assert code is not None
    monkeypatch.chdir(swept.parents[2])
    exec(compile(code[1], str(guide), "exec"), {})
    Path("runs.csv").rename(here / "runs.csv")
    monkeypatch.chdir(here)
    main(["runs.csv", "metric=best/val/accuracy", "group=model,optimizer.lr", "seed=seed"])
    rows = table(here / "outputs" / "judged" / "runs" / "leaderboard.csv")
    own = read_sweep(swept).lines
    assert [float(row["mean"]) for row in rows] == pytest.approx([line.mean for line in own])
    assert [float(row["optimizer.lr"]) for row in rows] == [
        float(line.settings["optimizer.lr"]) for line in own
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "table: missing; give one table of runs"),
        (["runs.csv", "more.csv"], "table: 'more.csv' is a second one"),
        (["nothing.csv", *OPTIONS], "table: 'nothing.csv' does not exist"),
        (["runs.xlsx", *OPTIONS], "table: 'runs.xlsx' must end in .csv"),
        (["empty.csv", *OPTIONS], "table: 'empty.csv' has a header but no rows"),
        (["text.db", *OPTIONS], "table: 'text.db' is not a SQLite database"),
        (["runs.csv"], "metric: missing; allowed: a column of 'runs.csv': model, lr, seed"),
        (["runs.csv", "metric=accuracy"], "group: missing; allowed: columns of 'runs.csv'"),
        (["runs.csv", "metric=accuracy", "group="], "group: '' is not allowed"),
        (["runs.csv", "metric=acuracy", *OPTIONS[1:]], "did you mean 'accuracy'?"),
        (["runs.csv", *OPTIONS[:2]], "line 3: has the same model and lr as line 2; name the"),
        (["runs.csv", *OPTIONS[:2], "seed=sed"], "seed: 'runs.csv' has no column 'sed'"),
        (["runs.csv", "metric=model", "group=lr"], "line 2: model is 'a'; allowed: a number"),
        (["runs.csv", "metric=seed", "group=model,lr,accuracy"], "mode: missing: 'seed' does not"),
        (["runs.csv", *OPTIONS, "margin=0"], "margin: 0 is not allowed; allowed: a number > 0"),
        (["runs.csv", *OPTIONS, "margin=-0.1"], "margin: -0.1 is not allowed"),
        (["runs.csv", *OPTIONS, "planned=9"], "planned: 9, but the table has 3 seeds"),
        (["runs.csv", *OPTIONS, "study=x"], "study: 'x' is not allowed: 'runs.csv' is no"),
        (["runs.csv", *OPTIONS, "output=runs.csv"], "output: 'runs.csv' is a file"),
        (["runs.csv", *OPTIONS, "output=sweep"], "output: 'sweep' is a sweep"),
        (["runs.csv", *OPTIONS, "metrik=x"], "metrik: no such key; did you mean 'metric'?"),
    ],
)
def test_mistakes_are_one_line_and_write_nothing(
    here: Path, arguments: list[str], message: str, refused: Callable[..., str]
) -> None:
    (here / "sweep" / "jobs").mkdir(parents=True)
    (here / "text.db").write_text("model,accuracy\n", encoding="utf-8")
    write_table(here / "empty.csv", NAMES)
    before = {*here.rglob("*")}
    assert message in refused(main, arguments)
    assert {*here.rglob("*")} == before


def test_a_name_with_a_comma_is_quoted() -> None:
    assert split_names('model,"betas (a, b)", lr') == ("model", "betas (a, b)", "lr")
    assert split_names(None) == ()


def test_exporting_is_refused_where_it_cannot_be_read_again(
    here: Path, refused: Callable[..., str]
) -> None:
    message = refused(report.main, [str(here), "--export", "runs.parquet"])
    assert "export: 'runs.parquet' is not allowed; allowed: a .csv file" in message
