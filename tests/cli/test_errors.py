"""`scripts/errors.py`: the mistakes of a checkpoint, printed, as csv and in the run folder."""

import csv
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix
from tests import handmade
from tests.cli.processes import script
from tests.evaluation.runs import ended_run

from reviewlab.cli.errors import main
from reviewlab.config.compose import compose_config
from reviewlab.data.grammar import write_reviews
from reviewlab.data.splits import stratified
from reviewlab.evaluation.error_analysis import measure_errors
from reviewlab.explaining.error_report import format_report
from reviewlab.explaining.mistakes import Answers
from reviewlab.explaining.scoring import score
from reviewlab.models import LSTMClassifier
from reviewlab.nn.objectives import MSE
from reviewlab.text.bpe import BPEEncoder

STARS = ("1", "2", "3", "4", "5")
OWN = ["data=demo", "data.reviews=300"]


@pytest.fixture(scope="module")
def made():
    return handmade.classifier(STARS, data=compose_config("errors", OWN)["data"])


@pytest.fixture
def run(made, tmp_path):
    """The folder of a finished run."""
    return ended_run(tmp_path / "run", made)


@pytest.fixture
def errors(run, tmp_path, monkeypatch, capsys):
    """A function that runs the command in a new folder and returns its output."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments, checkpoint="run/checkpoints/best.ckpt"):
        main([f"checkpoint={checkpoint}", *arguments])
        out, err = capsys.readouterr()
        assert err == ""
        return out

    return call


@pytest.fixture
def refusal(errors, refused, run):
    def call(*arguments, **options):
        err = refused(errors, *arguments, **options)
        assert not (run / "errors.json").exists()
        return err

    return call


def read_csv(path):
    with Path(path).open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def expected(made):
    """Return texts, labels and scores of the validation split, without using the data module."""
    texts, stars = write_reviews(300, 0)
    labels = np.array(stars) - 1
    rest, _ = stratified(labels, 0.2, 42)
    _, part = stratified(labels[rest], 0.2, 42)
    texts = [texts[i] for i in rest[part]]
    return texts, labels[rest][part], score(made, texts)


def test_the_run_keeps_its_errors(errors, run, expected):
    out = errors()
    texts, labels, scores = expected
    kept = json.loads((run / "errors.json").read_text())
    assert kept["schema"] == 1
    assert (kept["split"], kept["epoch"]) == ("validation", 4)
    assert kept["reviews"] == len(labels) == 48
    assert kept["labels"] == [*STARS]
    matrix = confusion_matrix(labels, scores.predictions, labels=range(5))
    assert kept["confusion"] == matrix.tolist()
    wrong = np.flatnonzero(labels != scores.predictions)
    certainty = scores.probabilities.max(1)
    order = wrong[np.argsort(-certainty[wrong], kind="stable")]
    assert len(kept["mistakes"]) == min(20, len(wrong))
    for mistake, number in zip(kept["mistakes"], order, strict=False):
        assert mistake["text"] == texts[number]
        assert mistake["label"] == STARS[labels[number]]
        assert mistake["prediction"] == STARS[scores.predictions[number]]
        assert mistake["probability"] == pytest.approx(certainty[number], abs=1e-6)
        assert mistake["output"] is None
    share = 1 - len(wrong) / 48
    assert f"48 reviews, {len(wrong)} wrong: accuracy {share:.4f}, 95 % interval" in out
    assert out.endswith("\n-> run/errors.json\n")


def test_the_page_of_a_sweep_can_ask_for_them(errors, run):
    errors()
    printed = (run / "errors.json").read_text()
    (run / "errors.json").unlink()
    measure_errors(run)
    assert (run / "errors.json").read_text() == printed


def test_mistakes_of_another_decision(errors, run):
    usual, other = errors(), errors("decision=median")
    assert other.splitlines()[1] == "DemoDataModule, validation, predicted by the median"
    assert usual.splitlines()[1] == "DemoDataModule, validation"
    assert other.splitlines()[3:] != usual.splitlines()[3:]


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        (["split=train"], {}),
        (["data.reviews=200"], {}),
        (["decision=median"], {}),
        (["data=demo", "data.reviews=100"], {}),
        ([], {"checkpoint": "run/checkpoints/last.ckpt"}),
    ],
)
def test_nothing_is_kept_of_anything_else(errors, run, arguments, options):
    before = (run / "result.json").read_text()
    assert "worst mistakes" in errors(*arguments, **options)
    assert not (run / "errors.json").exists()
    assert (run / "result.json").read_text() == before


def test_nor_of_reviews_that_were_split_otherwise(errors, run, capsys):
    main(["checkpoint=run/checkpoints/best.ckpt", "data.split_seed=7"])
    assert "warning: data.split_seed=7 splits the reviews differently" in capsys.readouterr().err
    assert not (run / "errors.json").exists()


def test_a_use_of_the_test_set_is_counted(errors, run):
    for use in (1, 2):
        assert errors("split=test").endswith(f"use number {use} of the run's test set\n")
        result = json.loads((run / "result.json").read_text())
        assert result["test_uses"] == use
        assert result["test"] == {"test/loss": 1.0}
    assert not (run / "errors.json").exists()


def test_csv_files(errors, expected):
    texts, labels, scores = expected
    assert "-> a, b=[c]\n" in errors("output=a, b=[c]")
    mistakes = read_csv("a, b=[c]/mistakes.csv")
    assert len(mistakes) == int((labels != scores.predictions).sum())
    for name in ("mistakes", "label_errors"):
        for row in read_csv(f"a, b=[c]/{name}.csv"):
            number = int(row["review"])
            assert row["text"] == texts[number]
            assert row["label"] == STARS[labels[number]]
            own = scores.probabilities[number, labels[number]]
            assert float(row["probability_of_label"]) == pytest.approx(own, abs=1e-6)
    right = int((labels == scores.predictions).sum())
    for name in ("class", "length", "unknown"):
        rows = read_csv(f"a, b=[c]/by_{name}.csv")
        assert sum(int(row["reviews"]) for row in rows) == 48
        assert sum(int(row["right"]) for row in rows) == right
    for row in read_csv("a, b=[c]/by_length.csv"):
        begin, end = int(row["from"]), int(row["to"])
        assert row["length"] == (f"{begin} to {end}" if begin < end else f"{begin}")
    assert all(0 <= float(row["to"]) <= 1 for row in read_csv("a, b=[c]/by_unknown.csv"))
    for row in read_csv("a, b=[c]/by_class.csv"):
        own = scores.predictions[labels == STARS.index(row["class"])]
        times = int((own + 1 == int(row["most_often_taken_for"] or 0)).sum())
        assert times == int(row["times"])
    assert {row["cut"] for row in read_csv("a, b=[c]/by_length.csv")} <= {"true", "false"}


def test_the_tables_fit_a_terminal(errors):
    lines = errors().splitlines()[1:]  # the path of the checkpoint may be long
    assert max(map(len, lines)) <= 80
    text = "\n".join(lines)
    for title in ("worst mistakes", "likely label errors", "by class", "by length in tokens"):
        assert f"\n{title}" in text


@pytest.mark.parametrize(
    ("surer", "doubted", "marked", "listed"),
    [(0, 6, 6, 0), (7, 6, 3, 3), (12, 6, 0, 6), (12, 14, 0, 10)],
)
def test_label_errors_are_marked_or_listed_also_of_two_classes(surer, doubted, marked, listed):
    """Negative reviews get over .9 on average, positive ones less than .55: so the mistakes with
    high probabilities of negative are no label errors, but those from review 100 on are."""
    sure = [np.full(100, 0.99), np.linspace(0.25, 0.3, doubted), np.full(60, 0.45)]
    sure = np.concatenate([*sure, np.linspace(0.89, 0.8, surer)])
    probabilities = np.stack([sure, 1 - sure], 1)
    labels, count = np.repeat([0, 0, 1, 1], [100, doubted, 60, surer]), len(sure)
    found = Answers(
        names=("negative", "positive"),
        texts=["good film"] * count,
        labels=labels,
        predictions=probabilities.argmax(1),
        probabilities=probabilities,
        lengths=np.full(count, 2),
        unknown=None,
        limit=None,
    )
    _, shown, told, *_ = format_report("", found, "validation").split("\n\n")
    marks = re.findall(r"^(\d+)\*", shown, re.MULTILINE)
    rows = re.findall(r"^(\d+) ", told, re.MULTILINE)
    assert (len(marks), len(rows)) == (marked, listed)
    assert marks + rows == [str(number) for number in range(100, 100 + marked + listed)]
    assert ("(* a likely label error)" in shown) == (marked > 0)
    told = " ".join(told.split())
    assert f"likely label errors: {doubted} of {count} reviews" in told
    assert (". Those not marked above, by margin" in told) == (marked > 0 and listed > 0)
    assert (". By margin" in told) == (marked == 0)


def test_a_regression_on_pieces_of_words(errors, tmp_path):
    text = BPEEncoder(num_tokens=300)
    text.fit(write_reviews(100, 0)[0])
    made = LSTMClassifier(MSE(5), text.vocab_size)
    made.describe(text, STARS, {"data": compose_config("errors", OWN)["data"]})
    out = errors("output=tables", checkpoint=handmade.save(made, tmp_path / "bpe.ckpt"))
    for row in read_csv("tables/mistakes.csv"):
        answer = float(score(made, [row["text"]]).numbers[0])
        assert float(row["output"]) == pytest.approx(answer, abs=1e-6)
    assert "review  output" in out and "the output is 0 for 1, 4 for 5" in out
    assert max(map(len, out.splitlines()[1:])) <= 80
    assert "this text encoder has no unknown words" in out
    assert "worst mistakes: the furthest off" in out
    assert "likely label errors: cannot be found" in out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["output=run/result.json"], "output: 'run/result.json' is a file; allowed: a folder"),
        (["split=all"], "split: 'all' is not allowed"),
        (["split=train,test"], "split=train,test: only one value is allowed"),
        (["data.validation=0.0"], "split: 'validation' does not exist in these data; allowed:"),
        (["data.revews=3"], "did you mean 'data.reviews'?"),
        (["chekpoint=x"], "did you mean 'checkpoint'?"),
    ],
)
def test_refusals(refusal, arguments, says):
    assert says in refusal(*arguments)


@pytest.mark.parametrize("command", ["evaluate", "errors", "explain", "predict"])
def test_what_needs_no_torch_is_refused_without(command, tmp_path):
    """Importing torch takes seconds."""
    wrong = [["checkpoint=gone.ckpt"]]
    if command in ("evaluate", "errors"):
        (tmp_path / "there.x").touch()
        there = "checkpoint=there.x"
        wrong += [[there, "split=all"], [there, "threads=0"], [there, "output=there.x"]]
    text = ["text=a"] if command in ("explain", "predict") else []
    code = (
        "import sys, importlib\n"
        "main = importlib.import_module(f'reviewlab.cli.{sys.argv[1]}').main\n"
        "try: main(sys.argv[2:])\n"
        "except SystemExit as left: assert left.code == 2, left.code\n"
        "assert 'torch' not in sys.modules"
    )
    for arguments in wrong:
        asked = [sys.executable, "-c", code, command, *arguments, *text]
        assert subprocess.run(asked, cwd=tmp_path, check=False).returncode == 0, arguments


def test_as_a_program(errors, run, tmp_path):
    printed = errors()
    best = "run/checkpoints/best.ckpt"
    done = script("errors", tmp_path, f"checkpoint={best}")
    assert (done.code, done.err, done.out) == (0, "", printed)
    shown = script("errors", tmp_path, "--help").out
    assert max(map(len, shown.splitlines())) <= 80
    assert 'The number under "review"' in shown
