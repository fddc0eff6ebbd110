"""Tables: read from and written to files and pipes, chunk by chunk, whatever their format."""

from reviewlab.data.tables.opening import (
    Format,
    WholeTable,
    as_list,
    format_of,
    open_table,
    read_table,
)
from reviewlab.data.tables.output import create_table
from reviewlab.data.tables.source import STANDARD_STREAM
from reviewlab.data.tables.table import TEXT_COLUMNS, Rows, Table

__all__ = [
    "STANDARD_STREAM",
    "TEXT_COLUMNS",
    "Format",
    "Rows",
    "Table",
    "WholeTable",
    "as_list",
    "create_table",
    "format_of",
    "open_table",
    "read_table",
]
