"""Read runs from a file: delimited text, JSON, Parquet or Arrow."""

from collections.abc import Iterable

from reviewlab.data.tables import open_table, read_table
from reviewlab.judging.run_table import RunTable

KEY = "table"
"""The name of the command's argument, for messages."""


def read_file(path: str, wanted: Iterable[str]) -> RunTable:
    """Read a table of runs.

    Args:
        path: the file.
        wanted: names of columns, which may be dotted paths into columns of objects.

    Raises:
        InputError: the file does not exist, is no table, or has no rows.
    """
    with open_table(path, KEY) as table:
        nested = [name for name in dict.fromkeys(wanted) if name in table.nested]
        columns = [*table.columns, *nested]
    return RunTable(read_table(path, KEY, columns))
