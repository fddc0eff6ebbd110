"""The text and label columns of a table: given by the user, or found by name and content."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from reviewlab.data.labelled.values import MOST_CLASSES, label_name
from reviewlab.exceptions import InputError, did_you_mean

Columns = Mapping[str, list[Any]]
"""Maps each column's name to its values."""

TEXT_NAMES = (
    *("text", "review", "content", "comment", "body", "sentence", "tweet", "message", "document"),
    *("reviewtext", "reviewbody", "reviewcontent", "commenttext", "texts", "reviews", "comments"),
)
LABEL_NAMES = (
    *("label", "sentiment", "rating", "score", "stars", "class", "category", "target", "polarity"),
    *("starrating", "overall", "topic", "emotion", "grade", "labels", "star", "ratings"),
)
"""Common names of columns, in lower case, without spaces, hyphens and underscores."""

WORDS_OF_A_TEXT = 3
"""Minimum mean number of words for a column of strings to count as texts."""

SHOWN_COLUMNS = 30
_EXAMPLE_LENGTH = 24


class Choice(NamedTuple):
    """The columns that the reviews are read from.

    Attributes:
        texts: columns whose values are joined into the text, in this order.
        label: the label column.
    """

    texts: tuple[str, ...]
    label: str


def choose_columns(
    columns: Columns, text: str | Sequence[str] | None, label: str | None, others: Sequence[str]
) -> Choice:
    """Choose the text columns and the label column.

    Args:
        columns: all columns of the table.
        text: name of the text column, or several names; None to detect it.
        label: name of the label column; None to detect it.
        others: columns with another purpose, which are chosen only if `text` or `label` names them.

    Raises:
        InputError: a column does not exist, or the choice is ambiguous.
    """
    given = [text] if isinstance(text, str) else list(text or ())
    for key, names in (("text_column", given), ("label_column", [label] if label else [])):
        for name in names:
            require_column(columns, name, f"data.{key}")
    if not given:
        free = {n: v for n, v in columns.items() if n not in (label, *others)}
        given = [_find(columns, free, TEXT_NAMES, is_text, "text")]
    if label is None:
        free = {n: v for n, v in columns.items() if n not in (*given, *others)}
        label = _find(columns, free, LABEL_NAMES, _has_few_values, "label")
    if label in given:
        raise InputError(
            f"data.label_column: {label!r} is also data.text_column; give another column"
        )
    return Choice(tuple(given), label)


def find_text_column(columns: Columns) -> str | None:
    """Return the only column that looks like a text column; None if there are none or several."""
    names = _candidates(columns, TEXT_NAMES, is_text)
    return names[0] if len(names) == 1 else None


def require_column(columns: Columns, name: str, key: str) -> None:
    """Raise InputError if `columns` has no column `name`.

    Args:
        columns: all columns of the table.
        name: name of the column.
        key: the option that names the column, for the message.
    """
    if name not in columns:
        hint = did_you_mean(name, columns) or ";"
        raise InputError(f"{key}: there is no column {name!r}{hint} {_list_columns(columns)}")


def _find(
    columns: Columns,
    free: Columns,
    common: Sequence[str],
    qualifies: Callable[[list[Any]], bool],
    kind: str,
) -> str:
    """Find the only column with a common name, or else the only one with suitable values.

    Args:
        columns: all columns of the table, for the message.
        free: the columns to choose from.
        common: common names of such a column.
        qualifies: function that tests if a column's values are suitable.
        kind: `text` or `label`, for the message.

    Raises:
        InputError: no column qualifies, or several do.
    """
    names = _candidates(free, common, qualifies)
    if len(names) == 1:
        return names[0]
    reason = f"no column is clearly the {kind}"
    if names:
        reason = f"each of {', '.join(map(repr, names))} could be the {kind}"
    raise InputError(f"data.{kind}_column: {reason}; choose one; {_list_columns(columns)}")


def _candidates(
    free: Columns, common: Sequence[str], qualifies: Callable[[list[Any]], bool]
) -> list[str]:
    names = [name for name in free if _plain(name) in common]
    return names or [name for name, values in free.items() if qualifies(values)]


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]", "", name).casefold()


def is_text(values: list[Any]) -> bool:
    """Test if the values are strings with several words on average."""
    texts = [value for value in values if isinstance(value, str) and value.strip()]
    if not texts or any(not isinstance(value, str | None) for value in values):
        return False
    return sum(len(text.split()) for text in texts) >= WORDS_OF_A_TEXT * len(texts)


def _has_few_values(values: list[Any]) -> bool:
    """Test if the values can be classes: few of them, each occurring twice or more on average."""
    try:
        names = {name for name in map(label_name, values) if name is not None}
    except ValueError:
        return False
    return 2 <= len(names) <= MOST_CLASSES and 2 * len(names) <= len(values)


def _list_columns(columns: Columns) -> str:
    """List all columns, each with an example of its values."""
    shown = [f"{name} ({_example(values)})" for name, values in columns.items()]
    more = len(shown) - SHOWN_COLUMNS
    if more > 0:
        shown = [*shown[:SHOWN_COLUMNS], f"and {more} more"]
    return f"the columns are {', '.join(shown)}"


def _example(values: list[Any]) -> str:
    """Return the first value that is not empty, for messages."""
    value = next((value for value in values if value not in (None, "")), None)
    if value is None:
        return "empty"
    text = " ".join(str(value).split())
    return repr(text if len(text) <= _EXAMPLE_LENGTH else f"{text[: _EXAMPLE_LENGTH - 1]}…")
