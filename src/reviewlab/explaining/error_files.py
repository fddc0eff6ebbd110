"""Write csv files: all mistakes, all likely label errors, and the accuracy of each group."""

from collections.abc import Sequence
from pathlib import Path

from reviewlab.data.tables import Rows, create_table
from reviewlab.explaining.groups import Group, by_class, by_length, by_unknown
from reviewlab.explaining.mistakes import Answers, Indices, label_errors, worst


def write_tables(answers: Answers, folder: Path) -> Path:
    """Write all mistakes, likely label errors and group accuracies to csv files in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    wrong, doubted = worst(answers), label_errors(answers)
    tables = {
        "mistakes": _reviews(answers, wrong, "prediction", answers.predictions[wrong]),
        "label_errors": _reviews(answers, doubted.reviews, "suggested", doubted.suggested),
        "by_class": _groups("class", by_class(answers), ["most_often_taken_for", "times"]),
        "by_length": _groups("length", by_length(answers), ["begin", "end", "cut"]),
        "by_unknown": _groups("unknown", by_unknown(answers), ["begin", "end"]),
    }
    for name, columns in tables.items():
        with create_table(folder / f"{name}.csv", [*columns], "output") as table:
            table.write(columns)
    return folder


def _reviews(answers: Answers, reviews: Indices, title: str, others: Indices) -> Rows:
    """Return the columns of a table of reviews.

    Args:
        answers: the classifier's predictions for all reviews.
        reviews: the indices of the reviews in the table.
        title: the title of the column of predicted or suggested classes.
        others: the index of the class to write into that column for each of the `reviews`.
    """
    labels = answers.labels[reviews]
    if answers.numbers is not None:
        values = {"output": answers.numbers[reviews]}
    else:
        values = {
            "probability": answers.probabilities[reviews, others],
            "probability_of_label": answers.probabilities[reviews, labels],
        }
    return {
        "review": reviews.tolist(),
        "label": [answers.names[label] for label in labels],
        title: [answers.names[other] for other in others],
        **{name: column.tolist() for name, column in values.items()},
        "text": [answers.texts[review] for review in reviews],
    }


def _groups(title: str, groups: Sequence[Group], own: Sequence[str]) -> Rows:
    """Return the columns of a table of groups; a group without reviews has no accuracy.

    Args:
        title: the title of the column with the groups' names.
        groups: the groups.
        own: names of `Group` fields to add as columns, besides those that all tables have.
    """
    bounds = [group.bounds if group.reviews else (None, None) for group in groups]
    return {
        title: [group.name for group in groups],
        "reviews": [group.reviews for group in groups],
        "right": [group.right for group in groups],
        "accuracy": [group.accuracy if group.reviews else None for group in groups],
        "lower": [lower for lower, _ in bounds],
        "upper": [upper for _, upper in bounds],
        **{
            {"begin": "from", "end": "to"}.get(name, name): [getattr(g, name) for g in groups]
            for name in own
        },
    }
