"""`scripts/data.py`: a description as text, HTML and JSON, and a command for training."""

import json
import shlex
import sys
from pathlib import Path

import pytest
from tests.cli.processes import ROOT, script
from tests.data.labelled.tables import labelled, texts, write

from reviewlab.cli.data import main
from reviewlab.data.tables import WholeTable, read_table

LABELS = 30 * ["bad", "good"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new folder with a table and a separate cache."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [str(ROOT / "scripts" / "data.py")])
    monkeypatch.setenv("REVIEWLAB_CACHE", str(tmp_path / "cache"))
    labelled(tmp_path / "reviews.csv", LABELS)
    return tmp_path


@pytest.fixture
def described(capsys):
    """`described(*arguments)` returns the output of the command."""

    def run(*arguments: str) -> str:
        main(arguments)
        out, err = capsys.readouterr()
        assert err == ""
        return out

    return run


def test_a_table_is_the_default_and_the_page_ends_with_the_command(described):
    lines = described("data.source=reviews.csv").splitlines()
    assert lines[0] == "reviews.csv: 60 reviews, 2 classes"
    assert lines[-2] == "train on it:"
    assert lines[-1].endswith("scripts/train.py data=table data.source=reviews.csv")


def test_the_files_hold_what_is_printed(described, folder):
    out = described("data.source=reviews.csv", "html=a b.html", "json=facts.json")
    assert out.endswith("\n-> a b.html\n-> facts.json\n")
    facts = json.loads((folder / "facts.json").read_text())
    assert facts["reviews"] == 60
    assert facts["command"] in out
    page = (folder / "a b.html").read_text()
    assert "<h1>reviews.csv: 60 reviews, 2 classes</h1>" in page
    assert {path.name for path in folder.iterdir()} >= {"a b.html", "facts.json"}


def test_flags_write_files_of_a_usual_name(described, folder):
    assert described("data.source=reviews.csv", "--html", "--json").endswith(
        "\n-> description.html\n-> description.json\n"
    )
    assert json.loads((folder / "description.json").read_text())["data"] == "table"
    assert (folder / "description.html").is_file()


def test_the_command_has_the_settings_of_the_data_and_no_others(described, folder):
    write(folder / "it's = it.csv", {"a text": texts(60), "label": LABELS})
    source = "data.source=it's = it.csv"
    out = described(source, "data.text_column=a text", "--html", "seed=3", "debug=traceback")
    words = shlex.split(out.splitlines()[-2])
    assert words[2:] == ["data=table", source, "data.text_column=a text", "seed=3"]


@pytest.mark.parametrize(
    ("setting", "adjusted"),
    [
        ("data.test=0.5", "data.test=0.5 data.batch_size=27"),
        ("data.text.distinct=true", "model=mlp model.features=multi_hot"),
    ],
)
def test_the_command_trains(described, train_here, folder, setting, adjusted):
    command = described("data.source=reviews.csv", setting).splitlines()[-1]
    assert command.endswith(adjusted)
    done = train_here(folder, *shlex.split(command)[2:], "trainer.max_epochs=1", "logger=csv")
    assert (done.code, len(done.folders)) == (0, 1)


@pytest.mark.parametrize(
    "arguments", [["data=demo"], ["data=demo", "data/text=bpe", "data.text.num_tokens=300"]]
)
def test_other_data_sets_are_described_too(described, arguments):
    out = described(*arguments, "data.reviews=200")
    assert out.startswith("demo: 200 reviews, 5 classes\n\nclasses:\n")
    assert "the best possible accuracy is 0.9" in out
    assert ("unknown words:" in out) == (len(arguments) == 1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "data.source: missing; give a file"),
        (["data.source=none.csv"], "data.source: "),
        (["data.sauce=reviews.csv"], "data.sauce: no such key; did you mean 'data.source'?"),
        (["model=lstm"], "model"),
        (["data.source=reviews.csv", "data.label_column=stars"], "data.label_column: there is no"),
        (["data.source=reviews.csv", "html=page.txt"], "html: 'page.txt' is not allowed; allowed:"),
        (["data.source=reviews.csv", "json=no/a.json"], "json: the folder of 'no/a.json' does not"),
        (["data.source=reviews.csv", "html=a.html", "html=b.html"], "html: given twice;"),
        (["data.source=reviews.csv", "--htm"], "command line: unrecognized arguments: --htm"),
        (["data.source=reviews.csv", "-m"], "command line: "),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(refused, folder, arguments, message):
    before = {*folder.iterdir()}
    assert refused(main, arguments).startswith(f"error: {message}")
    assert {*folder.iterdir()} - before <= {folder / "cache"}


def test_the_source_is_not_written_over(refused, folder):
    (folder / "reviews.json").write_text("{}")
    error = refused(main, ["data.source=reviews.json", "json=reviews.json"])
    assert error == "error: json: 'reviews.json' is the input; give another file\n"
    assert (folder / "reviews.json").read_text() == "{}"


def test_a_file_that_is_named_is_the_one_that_a_flag_means(described, folder):
    assert "\n-> [a], b.html\n" in described(
        "--html=[a], b.html", "data.source=reviews.csv", "--html"
    )
    assert not (folder / "description.html").exists()


def test_as_a_program(folder):
    done = script("data", folder, "data.source=reviews.csv")
    assert (done.code, done.err) == (0, "")
    shown = script("data", folder, "--help").out
    assert max(map(len, shown.splitlines())) < 80
    assert "data.<key>" in shown


def test_the_table_is_parsed_once(described, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Path] = []

    def read_counted(file: Path, key: str, encoding: str | None) -> WholeTable:
        opened.append(file)
        return read_table(file, key, encoding=encoding)

    monkeypatch.setattr("reviewlab.data.labelled.source.read_table", read_counted)
    assert "label" in described("data.source=reviews.csv")
    assert len(opened) == 1
