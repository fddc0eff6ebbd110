"""The model card of an exported folder: a README in the layout of the Hugging Face hub."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from reviewlab.console.table import escape_markdown, markdown_table
from reviewlab.console.text import count_of, legible
from reviewlab.exporting.description import decision_of
from reviewlab.exporting.results import Results
from reviewlab.models.classifier import ReviewClassifier
from reviewlab.models.exported import CONFIG, LABELS, WEIGHTS
from reviewlab.reporting.cells import number
from reviewlab.runs.folder import TEXT_ENCODER

ENGLISH = ("IMDBDataModule", "NetflixDataModule", "DemoDataModule")
"""The data sets whose reviews are known to be in English."""

LOAD_IMAGES = """\
```python
from reviewlab.models import load_classifier

model = load_classifier("path/of/this/folder")
print(model.objective.probabilities(model(images)))  # [batch, 1, height, width], from 0 to 1
```

The command `evaluate` takes the folder as `checkpoint=`. Loading it runs no code from the folder,
and needs `pip install 'reviewlab[export]'`."""

LOAD = """\
```python
import reviewlab

model = reviewlab.load("path/of/this/folder")
print(model.predict(["slow start, but worth it"]))
```

The commands `predict`, `evaluate`, `explain` and `errors` take the folder as `checkpoint=`. Loading
it runs no code from the folder. It needs `pip install 'reviewlab[export]'`."""


def model_card(classifier: ReviewClassifier, results: Results | None) -> str:
    """Write a model card in Markdown.

    Args:
        classifier: the classifier.
        results: the results of its run; None if they are unknown.
    """
    parts = [
        f"---\n{yaml.safe_dump(_front_matter(classifier, results), sort_keys=False)}---",
        f"# {type(classifier).__name__}",
        _introduction(classifier),
        "## Results",
        *(_unknown() if results is None else _results(results)),
        "## How to load it",
        LOAD_IMAGES if classifier.inputs == "images" else LOAD,
        "## Files",
        _files(classifier),
    ]
    return "\n\n".join(parts) + "\n"


def _front_matter(classifier: ReviewClassifier, results: Results | None) -> dict[str, Any]:
    language = {"language": "en"} if _data_set(classifier) in ENGLISH else {}
    metric = "accuracy" if results is None else results.metric.partition("/")[2]
    return {
        **language,
        "pipeline_tag": f"{_kind(classifier)}-classification",
        "library_name": "reviewlab",
        "tags": ["reviewlab"],
        "metrics": [metric],
    }


def _kind(classifier: ReviewClassifier) -> str:
    return "image" if classifier.inputs == "images" else "text"


def _data_set(classifier: ReviewClassifier) -> str:
    data: Mapping[str, Any] = classifier.config.get("data") or {}
    return str(data.get("_target_", "")).rpartition(".")[2]


def _introduction(classifier: ReviewClassifier) -> str:
    article = "An" if classifier.inputs == "images" else "A"
    names = ", ".join(escape_markdown(legible(name)) for name in classifier.label_names)
    weights = sum(parameter.numel() for parameter in classifier.parameters())
    data = _data_set(classifier)
    trained = f" It was trained on the data set `{data}`." if data else ""
    return (
        f"{article} {_kind(classifier)} classifier with {count_of(weights, 'parameter')} and "
        f"{count_of(len(classifier.label_names), 'label')}: {names}.{trained} The predicted label "
        f"is the {decision_of(classifier)} of the distribution over the labels."
    )


def _unknown() -> Iterator[str]:
    yield (
        "Unknown: the checkpoint was exported without the folder of its run, or is not the run's "
        "best one."
    )


def _results(results: Results) -> Iterator[str]:
    line, row = results.line, results.row
    if results.sweep is None:
        yield "A single run. How much the results vary between seeds is not known."
    else:
        yield (
            f"Rank {line['rank']} of {count_of(results.configurations, 'configuration')} in the "
            f"sweep {escape_markdown(results.sweep)}. `n` counts the runs of this configuration; "
            "the interval is that of their mean."
        )
    lower, upper = line["lower"], line["upper"]
    interval = "unknown" if lower is None else f"{number(lower)} to {number(upper)}"
    tested = "not measured" if row.tested is None else number(row.tested)
    rows = [
        ["metric", results.metric],
        ["mean over the runs", number(line["mean"])],
        ["n", str(line["n"])],
        ["95 % interval of the mean", interval],
        ["compared with the best", str(line["verdict"])],
        ["baseline: always the commonest class", _known(line["majority_baseline"])],
        ["baseline: n-grams (`model=ngram`)", _known(line["ngram_baseline"])],
        ["this model", _known(row.value)],
        ["this model on the test set", tested],
        ["uses of the test set", str(row.test_uses)],
        ["data fingerprint", f"`{row.data}`"],
    ]
    cells = [[name, escape_markdown(value) if "`" not in value else value] for name, value in rows]
    yield markdown_table(["", ""], cells, [False, False])
    yield (
        "The more often the test set has been used to choose a model, the more its result "
        "flatters the model."
    )


def _known(value: float | None) -> str:
    return "not measured" if value is None else number(value)


def _files(classifier: ReviewClassifier) -> str:
    encoding = "how texts become token ids, with the vocabulary"
    if classifier.inputs == "images":
        encoding = "`null`, since the classifier reads no texts"
    rows = [
        [f"`{WEIGHTS}`", "the weights"],
        [f"`{TEXT_ENCODER}`", encoding],
        [f"`{LABELS}`", "the labels, in the order of the classes"],
        [f"`{CONFIG}`", "the classes and their arguments, and the config of the training"],
    ]
    return markdown_table(["file", "content"], rows, [False, False])


def write_card(classifier: ReviewClassifier, results: Results | None, folder: Path) -> None:
    """Write `README.md`.

    Args:
        classifier: the classifier.
        results: the results of its run; None if they are unknown.
        folder: the folder to write to.
    """
    (folder / "README.md").write_text(model_card(classifier, results), encoding="utf-8")
