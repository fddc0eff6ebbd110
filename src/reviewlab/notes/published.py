"""Read and check the published results of the study notes in `docs/published.yaml`."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from reviewlab.exceptions import InputError

Content = TypeVar("Content")


class Strict(BaseModel):
    """A mapping that refuses unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Published(Strict):
    """One experiment described in a note.

    Attributes:
        note: number of the note; None for an experiment of our own.
        figures: the metrics of the last epoch, as printed in the note.
        words: the note's remark about its numbers, or its words if it has no numbers.
        parameters: number of parameters as the note's library counts them.
        difference: the reason why our results differ; empty if they do not.
        shown_by: the experiments whose runs support the reason given in `difference`.
    """

    note: int | None = None
    figures: dict[str, float] = Field(default_factory=dict)
    words: str = ""
    parameters: int | None = None
    difference: str = ""
    shown_by: list[str] = Field(default_factory=list)


class PublishedTable(Strict):
    """A table of experiments that are compared with each other.

    Attributes:
        title: heading of the table.
        about: what the experiments have in common.
        metrics: the metrics that are shown for every experiment, besides its published ones.
        experiments: maps each experiment's name to its published results.
    """

    title: str
    about: str
    metrics: list[str]
    experiments: dict[str, Published]


class PublishedNotes(Strict):
    """All tables of `docs/published.yaml`."""

    tables: list[PublishedTable]

    def __iter__(self) -> Iterator[tuple[str, Published]]:  # type: ignore[override]
        """Yield each experiment with its published results."""
        for table in self.tables:
            yield from table.experiments.items()


def read_published(path: Path) -> PublishedNotes:
    """Read and check `docs/published.yaml`.

    Raises:
        InputError: a key or value is not allowed, `shown_by` names an unknown experiment, or only
            one of `difference` and `shown_by` is given.
    """
    notes = read_checked(path, lambda content: PublishedNotes(**content))
    names = {name for name, _ in notes}
    for name, published in notes:
        unknown = [other for other in published.shown_by if other not in names]
        if unknown or bool(published.difference) != bool(published.shown_by):
            raise InputError(
                f"{path.name}: {name}.shown_by: {unknown or published.shown_by} is not allowed; "
                "if 'difference' is set, list experiments of this file; otherwise omit 'shown_by'"
            )
    return notes


def read_checked(path: Path, make: Callable[[Any], Content]) -> Content:
    """Read a hand-written yaml file and convert its content with `make`.

    Raises:
        InputError: the file cannot be read, or a key or value is not allowed.
    """
    try:
        return make(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, TypeError) as error:
        raise InputError(f"{path.name}: cannot be read: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise InputError(f"{path.name}: {place}: {first['msg']}") from error
