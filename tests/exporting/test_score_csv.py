"""The script in the documentation scores as the checkpoint does, without torch and reviewlab."""

import csv
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests import handmade
from tests.exporting.classifiers import small

from reviewlab.explaining.scoring import score
from reviewlab.exporting.export import export_checkpoint
from reviewlab.exporting.target import Target
from reviewlab.models import ReviewClassifier
from reviewlab.nn.objectives import CrossEntropy
from reviewlab.text.bpe import BPEEncoder
from reviewlab.text.cleaning import Cleaning
from reviewlab.text.encoder import TextEncoder
from reviewlab.text.words import WordEncoder

pytest.importorskip("onnxscript", reason="not here: pip install 'reviewlab[export]'")

SCRIPT = Path(__file__).resolve().parents[2] / "docs" / "score_csv.py"
ALONE = (
    "import runpy, sys; sys.modules.update(torch=None, reviewlab=None, tokenizers=None);"
    "sys.argv[:] = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"
)
TEXTS = [
    "Slow start, but WORTH it!",
    "",
    'a "dull"\nfilm\u2026 isn\u2019t it? \u00bfgood\u3002bad',
    "zorgon",
    "\u0130DEA not-good \u039f\u0394\u039f\u03a3. \u0391\u03a3.\u0394 cafe\u0301 \t bad\u00a0film",
    " ".join([handmade.WORDS] * 3),
]

pytestmark = pytest.mark.skipif(not SCRIPT.exists(), reason="not in a checkout")

DATA_SETS = {
    "imdb": None,
    "netflix": Cleaning(lower_case=True, strip_punctuation=True, strip_space=True),
    "table": Cleaning(lower_case=True, strip_punctuation=True, strip_space=True, normalise="NFC"),
}
"""The cleaning that each data set sets."""


def run(model: ReviewClassifier, folder: Path) -> subprocess.CompletedProcess[str]:
    checkpoint = handmade.save(model, folder / "x.ckpt")
    export_checkpoint(checkpoint, Target(folder / "model.onnx", "onnx"))
    with (folder / "reviews.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["id", "text"], *enumerate(TEXTS)])
    files = ("model.onnx", "reviews.csv", "scored.csv")
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", ALONE, str(SCRIPT), *files],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def check(model: ReviewClassifier, folder: Path) -> None:
    done = run(model, folder)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    with (folder / "scored.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["text"] for row in rows] == TEXTS
    scores = score(model, TEXTS)
    predicted = [model.label_names[number] for number in scores.predictions]
    assert [row["prediction"] for row in rows] == predicted
    names = [f"probability_{label}" for label in model.label_names]
    shares = [[float(row[name]) for name in names] for row in rows]
    assert shares == [pytest.approx(row, abs=1e-5) for row in scores.probabilities.tolist()]
    assert len({tuple(row) for row in shares}) >= 4


@pytest.mark.parametrize("cleaning", DATA_SETS.values(), ids=[*DATA_SETS])
def test_texts_of_every_data_set(cleaning: Cleaning | None, tmp_path: Path) -> None:
    text = WordEncoder(max_length=20, cleaning=cleaning)
    text.fit([handmade.WORDS, *TEXTS])
    check(small(text=text), tmp_path)


@pytest.mark.parametrize(
    "options",
    [{"max_length": 3, "truncation": "pre", "padding": "pre"}, {"start_id": None, "num_words": 12}],
    ids=["pre", "no start"],
)
def test_options_of_words(options: dict[str, Any], tmp_path: Path) -> None:
    check(small(text=WordEncoder(**options)), tmp_path)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (BPEEncoder(300), "name=BPEEncoder; allowed: WordEncoder"),
        (WordEncoder(distinct=True), "distinct=True; allowed: False"),
        (WordEncoder(max_length=9, pad_to="max_length"), "pad_to=max_length; allowed: longest"),
    ],
    ids=["bpe", "distinct", "pad_to"],
)
def test_other_text_encoders_are_refused_in_a_line(
    text: TextEncoder, problem: str, tmp_path: Path
) -> None:
    done = run(small(text=text), tmp_path)
    assert done.returncode == 1
    assert done.stderr == f"error: model.onnx: it was trained with {problem}\n"
    assert not (tmp_path / "scored.csv").exists()


def test_other_decisions_are_refused(tmp_path: Path) -> None:
    done = run(small(CrossEntropy(3, decision="median")), tmp_path)
    assert done.stderr == (
        "error: model.onnx: it was trained with decision=median; allowed: mode\n"
    )


def test_it_has_forty_lines() -> None:
    _, _, code = SCRIPT.read_text(encoding="utf-8").split('"""', 2)
    lines = [line for line in code.splitlines() if line.strip() and '"""' not in line]
    assert len([line for line in lines if not line.startswith(("import ", "from "))]) <= 42
