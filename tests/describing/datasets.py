"""Descriptions of small tables for tests."""

from pathlib import Path
from typing import Any

from tests.data.labelled.tables import table

from reviewlab.data.reading import read_and_split
from reviewlab.describing.describe import Material, describe
from reviewlab.describing.description import Description


def described(source: Path, **options: Any) -> Description:
    """Describe the data set of a table."""
    data = table(source, **options)
    data.keeps_columns = True
    read = read_and_split(data)
    return describe(
        Material(
            data="table",
            source=str(source),
            read=read,
            classes=data.classes,
            encoder=data.text,
            notes=data.notes,
            columns=data.columns,
            command="train",
        )
    )
