"""The published figures of the study notes, `docs/published.yaml`, checked key by key."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from reviewlab.exceptions import InputError

Content = TypeVar("Content")


class Strict(BaseModel):
    """A mapping with no other keys than these."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Published(Strict):
    """One experiment of a note.

    note: which note; None for a run of the project's own.
    figures: the metrics that it printed, behind its last epoch.
    words: what it said in place of figures, or about them.
    parameters: as its library counted them.
    difference: why ours are others, where they are.
    shown_by: the experiments whose runs show it.
    """

    note: int | None = None
    figures: dict[str, float] = Field(default_factory=dict)
    words: str = ""
    parameters: int | None = None
    difference: str = ""
    shown_by: list[str] = Field(default_factory=list)


class PublishedTable(Strict):
    """Experiments that belong side by side.

    about: what they have in common.
    metrics: what is measured of those that published no figure; the first is drawn.
    """

    title: str
    about: str
    metrics: list[str]
    experiments: dict[str, Published]


class PublishedNotes(Strict):
    """The whole file."""

    tables: list[PublishedTable]

    def __iter__(self) -> Iterator[tuple[str, Published]]:  # type: ignore[override]
        """Each experiment and what was published of it."""
        for table in self.tables:
            yield from table.experiments.items()


def read_published(path: Path) -> PublishedNotes:
    """Read the file and check it.

    Raises:
        InputError: a key or value does not belong, or no experiment of the file shows a difference.
    """
    notes = read_checked(path, lambda content: PublishedNotes(**content))
    names = {name for name, _ in notes}
    for name, published in notes:
        unknown = [other for other in published.shown_by if other not in names]
        if unknown or bool(published.difference) != bool(published.shown_by):
            raise InputError(
                f"{path.name}: {name}.shown_by: {unknown or published.shown_by} is not allowed; "
                "allowed: experiments of this file, with every difference"
            )
    return notes


def read_checked(path: Path, make: Callable[[Any], Content]) -> Content:
    """Read a yaml file that people write, and make of its content what `make` does.

    Raises:
        InputError: the file cannot be read, or a key or value does not belong.
    """
    try:
        return make(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, TypeError) as error:
        raise InputError(f"{path.name}: cannot be read: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise InputError(f"{path.name}: {place}: {first['msg']}") from error
