"""A typical published data set, for tests."""

import datasets
from tests.data.labelled.tables import texts

COUNTS = {"train": 40, "validation": 10, "test": 6}


def rows(split, count):
    return {"text": [f"{split} {text}" for text in texts(count)], "label": [0, 1] * (count // 2)}


def as_datasets():
    """Return a typical published data set: three labelled splits and one without labels."""
    features = datasets.Features(
        {"text": datasets.Value("string"), "label": datasets.ClassLabel(names=["übel", "sehr gut"])}
    )
    splits = {
        name: datasets.Dataset.from_dict(rows(name, count), features)
        for name, count in COUNTS.items()
    }
    unlabelled = {"text": ["a b c"], "label": [-1]}
    return datasets.DatasetDict(
        {**splits, "unsupervised": datasets.Dataset.from_dict(unlabelled, features)}
    )


def counts(data):
    data.prepare()
    return {name: len(data.corpus(name)) for name in COUNTS if data.has(name)}
