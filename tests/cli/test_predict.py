"""`scripts/predict.py`: one text or a table in, label names and probabilities out."""

import csv
import gzip
import io
import itertools
import json
import operator
import subprocess
import sys
from pathlib import Path

import pytest
from pyarrow import parquet
from tests import handmade

from reviewlab.cli.predict import main
from reviewlab.explaining.scoring import score

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "predict.py"
NEW = ["prediction", "probability_bad", "probability_so-so", "probability_good"]
TEXT = """slow start, but "worth" it = [a] {b} 'c' ü"""
ROWS = [["7", "slow start, but worth it", "N/A"], ["008", 'a "dull"\nfilm', ""], ["x", "", "😀\0"]]
CSV = io.StringIO()
csv.writer(CSV).writerows([["id", "content", "note"], *ROWS])


@pytest.fixture(scope="module")
def made():
    return handmade.classifier()


@pytest.fixture(scope="module")
def checkpoint(made, tmp_path_factory):
    return handmade.save(made, tmp_path_factory.mktemp("a, 'folder' = [ü]") / "x.ckpt")


@pytest.fixture
def predict(checkpoint, tmp_path, monkeypatch, capsys):
    """A function that runs the command in a new folder and returns its output."""
    monkeypatch.chdir(tmp_path)
    Path("in.csv").write_bytes(CSV.getvalue().encode())

    def run(*arguments):
        main([f"checkpoint={checkpoint}", *arguments])
        return capsys.readouterr()

    return run


@pytest.fixture
def refusal(predict, refused):
    """`refusal(*arguments)` returns the one-line error of a command that wrote no file."""

    def run(*arguments):
        before = listed()
        err = refused(predict, *arguments)
        assert listed() == before
        return err

    return run


def listed(folder="."):
    return sorted(path.name for path in Path(folder).iterdir())


def expected(made, texts):
    """Compute the new columns with the classifier itself."""
    scores = score(made, texts)
    labels = [made.label_names[i] for i in scores.predictions]
    return labels, scores.probabilities


def check(made, names, rows):
    assert names == ["id", "content", "note", *NEW]
    labels, probabilities = expected(made, [row[1] for row in ROWS])
    assert [list(row[:3]) for row in rows] == ROWS
    assert [row[3] for row in rows] == labels
    for row, wanted in zip(rows, probabilities, strict=True):
        assert [float(value) for value in row[4:]] == pytest.approx(wanted.tolist(), abs=1e-6)


def test_one_text(predict, made):
    out = predict(f"text={TEXT}").out
    (label,), (probabilities,) = expected(made, [TEXT])
    assert out.splitlines()[0] == f"prediction: {label}"
    shown = {line.split()[0]: float(line.split()[1]) for line in out.splitlines()[3:]}
    assert shown == pytest.approx(dict(zip(handmade.LABELS, probabilities, strict=True)), abs=1e-4)
    assert list(shown.values()) == sorted(shown.values(), reverse=True)


def test_another_decision(predict, made):
    texts = [" ".join(words) for words in itertools.combinations(handmade.WORDS.split(), 3)]
    Path("many.csv").write_text("\n".join(["text", *texts]))
    probabilities = score(made, texts).probabilities
    modes = [made.label_names[i] for i in probabilities.argmax(1)]
    medians = [made.label_names[i] for i in (probabilities.cumsum(1) < 0.5).sum(1)]
    assert medians != modes
    for decision, wanted in (("median", medians), ("mode", modes), ("null", modes)):
        predict("input=many.csv", "output=out.csv", f"decision={decision}")
        with Path("out.csv").open(newline="", encoding="utf-8") as file:
            assert [row["prediction"] for row in csv.DictReader(file)] == wanted
    place = [*map(operator.ne, medians, modes)].index(True)
    out = predict(f"text={texts[place]}", "decision=median").out
    assert out.startswith(f"prediction: {medians[place]}\n")


@pytest.mark.parametrize("text", ["", "😀", "a\0b", "good film " * 100_000])
def test_odd_texts(predict, text):
    assert predict(f"text={text}").out.startswith("prediction: ")


def test_an_answer_that_follows_from_no_word_says_so(predict):
    assert "this text has no words" in predict("text= ").out
    assert "no word of this text is in the vocabulary" in predict("text=qwxz zxwq").out
    assert "word" not in predict("text=good qwxz").out


def test_csv(predict, made):
    out = predict("input=in.csv", "output=a, b=[ü].csv").out
    with Path("a, b=[ü].csv").open(newline="", encoding="utf-8") as file:
        names, *rows = csv.reader(file)
    check(made, names, rows)
    assert out.startswith("3 reviews in ")
    assert out.endswith(" s -> a, b=[ü].csv\n")
    assert listed() == ["a, b=[ü].csv", "in.csv"]


def test_jsonl_and_parquet(predict, made):
    predict("input=in.csv", "output=x.jsonl")
    lines = [json.loads(line) for line in Path("x.jsonl").read_text().split("\n")[:-1]]
    check(made, list(lines[0]), [list(line.values()) for line in lines])
    Path("x.jsonl").write_text(
        "".join(
            json.dumps(dict(zip(["id", "content", "note"], row, strict=True))) + "\n"
            for row in ROWS
        )
    )
    predict("input=x.jsonl", "output=y.parquet")
    table = parquet.read_table("y.parquet").to_pydict()
    check(made, list(table), list(zip(*table.values(), strict=True)))


def test_what_people_have_comes_back_as_they_want_it(predict, made):
    rows = [row for row in ROWS if "\0" not in row[2]]
    content = "id;content;note\n" + "".join(
        f'{a};"{b.replace(chr(34), chr(34) * 2)}";{c}\n' for a, b, c in rows
    )
    Path("x.csv").write_bytes(content.encode("utf-16"))
    err = predict("input=x.csv", "output=x.tsv.gz").err
    assert err == "input: encoded as UTF-16-LE\ninput: separated by semicolons\n"
    predict("input=x.csv", "output=y.csv")
    for name, sep in (("x.tsv.gz", "\t"), ("y.csv", ",")):
        opened = gzip.open if name.endswith("gz") else open
        with opened(name, "rt", newline="", encoding="utf-8") as file:
            names, *written = csv.reader(file, delimiter=sep)
        assert names[:5] == ["id", "content", "note", *NEW[:2]]
        assert [row[:3] for row in written] == rows


def test_an_encoding_can_be_named(predict, refusal):
    Path("x.csv").write_bytes("text\nschön\n".encode("cp1252"))
    assert "encoding=cp1252" in refusal("input=x.csv", "output=y.csv")
    predict("input=x.csv", "output=y.csv", "encoding=cp1252")
    assert "schön," in Path("y.csv").read_text()
    assert "is not a Python encoding" in refusal("input=x.csv", "output=z.csv", "encoding=nope")
    assert "only has an effect with input=" in refusal("text=good", "encoding=cp1252")


def test_a_text_inside_of_an_object(predict):
    rows = [{"review": {"body": "good film"}, "id": 1}, {"id": 2, "late": "key"}]
    Path("x.json").write_text(json.dumps(rows))
    predict("input=x.json", "output=y.jsonl", "text_column=review.body")
    first, second = map(json.loads, Path("y.jsonl").read_text().splitlines())
    assert list(first) == ["review", "id", "late", *NEW]
    assert (first["review"], second["review"], second["late"]) == (
        {"body": "good film"},
        None,
        "key",
    )


def test_stdin_to_stdout(checkpoint, made, tmp_path):
    """The command runs in another process and folder, with only the checkpoint."""
    (tmp_path / "lonely.ckpt").write_bytes(checkpoint.read_bytes())
    done = subprocess.run(
        [sys.executable, SCRIPT, "checkpoint=lonely.ckpt", "input=-", "output=-", "format=csv"],
        input=CSV.getvalue().encode(),
        capture_output=True,
        cwd=tmp_path,
        check=True,
    )
    names, *rows = csv.reader(io.StringIO(done.stdout.decode(), newline=""))
    check(made, names, rows)
    (line,) = done.stderr.decode().splitlines()
    assert line.endswith("-> stdout")
    assert listed(tmp_path) == ["lonely.ckpt"]


def test_chunks_and_batches_change_nothing(predict, made, monkeypatch):
    monkeypatch.setattr("reviewlab.data.tables.chunks.CHUNK_ROWS", 2)
    predict("input=in.csv", "output=x.csv", "batch_size=1")
    with Path("x.csv").open(newline="", encoding="utf-8") as file:
        names, *rows = csv.reader(file)
    check(made, names, rows)


def test_header_only_and_null(predict):
    Path("none.csv").write_text("text,id\n")
    assert predict("input=none.csv", "output=x.csv").out.startswith("0 reviews in ")
    assert Path("x.csv").read_text() == ",".join(["text", "id", *NEW]) + "\n"
    Path("null.jsonl").write_text('{"text": null}\n{"text": ""}\n')
    predict("input=null.jsonl", "output=x.jsonl")
    null, empty = (json.loads(line) for line in Path("x.jsonl").read_text().splitlines())
    assert null.pop("text") is None
    assert empty.pop("text") == ""
    assert null == empty


def test_text_column(predict):
    Path("in.csv").write_text("text,my review\nbad,good\n")
    predict("input=in.csv", "output=x.csv", "text_column=my review")
    first = Path("x.csv").read_text()
    predict("input=in.csv", "output=x.csv", "text_column=text")
    assert first != Path("x.csv").read_text()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["text=a", "device"], "'device' has no '='; give key=value"),
        ([], "text, input: neither is given"),
        (["text=a", "input=in.csv"], "text, input: both are given"),
        (["text=a", "output=x.csv"], "output: cannot be used with text=, which only prints"),
        (["input=in.csv"], "output: missing"),
        (["input=in.csv", "output=./in.csv"], "output: './in.csv' is the input"),
        (["input=no.csv", "output=x.csv"], "input: 'no.csv' does not exist"),
        (["input=in.csv", "output=no/x.csv"], "output: 'no/x.csv' cannot be written"),
        (["input=in.csv", "output=x.txt"], "output: 'x.txt' must end in .csv"),
        (["input=in.csv", "output=x.csv", "text_column=z"], "its columns are id, content, note"),
        (["text=a", "batch_size=0"], "batch_size: 0 is not allowed"),
        (["text=a", "batch_size=x"], "batch_size: 'x' is not allowed"),
        (["text=a", "device=gpu"], "device: 'gpu' is not allowed"),
        (["text=a", "threads=-1"], "threads: -1 is not allowed"),
        (["text=a", "format=xml"], "format: 'xml' is not allowed"),
        (["text=a", "batchsize=3"], "did you mean 'batch_size'?"),
        (["text=a", "+foo=3"], "foo: no such key"),
        (["text=a", "-m", "threads=1,2"], "leave out -m"),
        (["text=\udcff"], "text: contains bytes that are not UTF-8"),
    ],
)
def test_refusals(refusal, arguments, says):
    assert says in refusal(*arguments)


@pytest.mark.parametrize("line", ["1,2,3,4", '"a"b,1,2', "a,\udcff,b"])
def test_a_bad_row_late_in_the_file_leaves_nothing(refusal, monkeypatch, line):
    monkeypatch.setattr("reviewlab.data.tables.chunks.CHUNK_ROWS", 2)
    content = "id,text,x\n" + "1,good,2\n" * 5 + line
    Path("in.csv").write_bytes(content.encode(errors="surrogateescape"))
    assert "input: 'in.csv' line 7" in refusal("input=in.csv", "output=x.csv")


def test_values_that_are_no_text(refusal):
    Path("in.jsonl").write_text('{"text": "a"}\n{"text": 5}\n')
    assert "line 2: 'text' is 5" in refusal("input=in.jsonl", "output=x.csv")


@pytest.mark.parametrize("arguments", [[], ["text=a"]])
def test_no_checkpoint(arguments, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert capsys.readouterr().err.startswith("error: checkpoint: missing")


def test_help_is_quick_and_imports_no_torch():
    code = (
        "import sys; sys.argv[1:] = ['--help']; from reviewlab.cli.predict import main; main();"
        "sys.exit('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "text_column" in done.stdout
    assert done.stderr == ""


def test_a_reader_that_has_seen_enough(checkpoint, tmp_path):
    (tmp_path / "in.csv").write_text("text\n" + "good film\n" * 20_000)
    arguments = [f"checkpoint={checkpoint}", f"input={tmp_path}/in.csv", "output=-"]
    with subprocess.Popen(
        [sys.executable, SCRIPT, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141
