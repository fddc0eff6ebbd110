"""`scripts/explain.py`: the words of one text with their shares, as text, HTML and JSON."""

import itertools
import json
import sys
from pathlib import Path

import pytest
from tests import handmade
from tests.cli.processes import script

from reviewlab.cli.explain import main
from reviewlab.explaining.scoring import score

TEXT = """slow start, but "worth" it = [a] {b} 'c' <b>ü</b>"""


@pytest.fixture(scope="module")
def made():
    return handmade.classifier()


@pytest.fixture(scope="module")
def checkpoint(made, tmp_path_factory):
    return handmade.save(made, tmp_path_factory.mktemp("a, 'folder' = [ü]") / "x.ckpt")


@pytest.fixture
def explain(checkpoint, tmp_path, monkeypatch, capsys):
    """A function that runs the command in a new folder and returns its output."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        main([f"checkpoint={checkpoint}", *arguments])
        out, err = capsys.readouterr()
        assert err == ""
        return out

    return run


@pytest.fixture
def refusal(explain, refused, tmp_path):
    def run(*arguments):
        err = refused(explain, *arguments)
        assert not list(tmp_path.iterdir())
        return err

    return run


@pytest.mark.parametrize("method", ["gradient", "occlusion"])
def test_what_is_printed_is_what_is_written(explain, made, method):
    out = explain(f"text={TEXT}", f"method={method}", "output=a, b=[c].json")
    assert out.endswith("\n-> a, b=[c].json\n")
    report = json.loads(Path("a, b=[c].json").read_text())
    scores = score(made, [TEXT])
    label = made.label_names[scores.predictions[0]]
    assert report["prediction"] == report["label"] == label
    assert f"prediction: {label} (probability {scores.probabilities.max():.4f})\n" in out
    assert report["text"] == TEXT
    assert report["method"] == method
    rows = [line.split() for line in out.splitlines() if "%" in line]
    words = report["words"]
    assert {row[3] for row in rows} == {word["word"] for word in words}
    for place, share, effect, *_ in rows:
        word = words[int(place) - 1]
        assert share == f"{word['share']:+.1%}"
        assert effect == f"{word['effect']:+.3f}"


def test_what_another_decision_predicts_is_explained(explain, made):
    texts = [" ".join(words) for words in itertools.combinations(handmade.WORDS.split(), 3)]
    probabilities = score(made, texts).probabilities
    medians = (probabilities.cumsum(1) < 0.5).sum(1)
    place = (medians != probabilities.argmax(1)).argmax()
    explain(f"text={texts[place]}", "decision=median", "output=median.json")
    explain(f"text={texts[place]}", "output=mode.json")
    median, mode = (json.loads(Path(f"{name}.json").read_text()) for name in ("median", "mode"))
    assert median["prediction"] == median["label"] == made.label_names[medians[place]]
    assert mode["prediction"] == mode["label"] != median["label"]
    assert median["probabilities"] == mode["probabilities"]


def test_html(explain):
    explain(f"text={TEXT}", "output=why.html", "label=good")
    html = Path("why.html").read_text()
    assert "<b>" not in html and "log odds of good" in html


@pytest.mark.parametrize(
    ("suffix", "begin"), [("svg", b"<?xml"), ("pdf", b"%PDF"), ("png", b"\x89PNG")]
)
def test_a_picture(explain, suffix, begin):
    assert explain(f"text={TEXT}", f"output=why.{suffix}").endswith(f"\n-> why.{suffix}\n")
    assert Path(f"why.{suffix}").read_bytes().startswith(begin)


def test_a_terminal_gets_colours(explain, monkeypatch):
    plain = explain("text=not good zorgon")
    assert "\x1b" not in plain
    monkeypatch.setenv("FORCE_COLOR", "1")
    coloured = explain("text=not good zorgon")
    assert "\x1b[" in coloured and coloured.endswith(plain)
    with monkeypatch.context() as dumb:
        dumb.setenv("TERM", "dumb")
        assert explain("text=not good zorgon") == plain
    monkeypatch.setenv("NO_COLOR", "1")
    assert explain("text=not good zorgon") == plain


@pytest.mark.parametrize("text", ["", "😀", "a\0b", "good film " * 2_000])
def test_odd_texts(explain, text):
    assert explain(f"text={text}").startswith("prediction: ")


def test_the_method_and_why_without_captum(explain, refusal, monkeypatch):
    monkeypatch.setitem(sys.modules, "captum", None)
    monkeypatch.setitem(sys.modules, "captum.attr", None)
    out = explain("text=not good")
    assert "method: occlusion" in out
    assert "occlusion, because captum is not installed: pip install 'reviewlab[explain]'" in out
    assert "pip install 'reviewlab[explain]'; allowed: occlusion" in refusal(
        "text=a", "method=gradient"
    )


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "text: missing"),
        (["text=\udcff"], "text: contains bytes that are not UTF-8"),
        (["text=a", "label=great"], "label: 'great' is not allowed; allowed: bad, so-so, good"),
        (["text=a", "method=lime"], "method: 'lime' is not allowed"),
        (["text=a", "output=x.jpg"], "allowed: a .html, .json, .svg, .pdf or .png file"),
        (["text=a", "output=no/x.html"], "output: the folder of 'no/x.html' does not exist"),
        (["text=a", "labell=good"], "did you mean 'label'?"),
        (["text=a", "threads=0"], "threads: 0 is not allowed"),
        (["text=a", "-m"], "cannot run a sweep"),
    ],
)
def test_refusals(refusal, arguments, says):
    assert says in refusal(*arguments)


def test_as_a_program(checkpoint, tmp_path):
    done = script("explain", tmp_path, f"checkpoint={checkpoint}", "text=not good")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("prediction: ")
    shown = script("explain", tmp_path, "--help").out
    assert max(map(len, shown.splitlines())) < 80
    assert "method" in shown
