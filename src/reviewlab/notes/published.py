"""What the study notes published: `docs/published.yaml`."""

from collections.abc import Iterator
from pathlib import Path

from pydantic import Field

from reviewlab.exceptions import InputError
from reviewlab.notes.checked import Strict, read_checked


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
    """The file, checked.

    Raises: InputError for a key or value that does not belong, and for a difference that no
        experiment of the file shows.
    """
    notes = read_checked(path, lambda content: PublishedNotes(**content))
    known = {name for name, _ in notes}
    for name, published in notes:
        unknown = [other for other in published.shown_by if other not in known]
        if unknown or bool(published.difference) != bool(published.shown_by):
            raise InputError(
                f"{path.name}: {name}.shown_by: {unknown or published.shown_by} is not allowed; "
                "allowed: experiments of this file, with every difference"
            )
    return notes
