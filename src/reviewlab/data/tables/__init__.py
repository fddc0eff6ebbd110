"""Tables in many formats: read from and written to files and pipes, chunk by chunk."""

from reviewlab.data.tables.formats import Format, format_of, is_table, suffix_of
from reviewlab.data.tables.nested import Rows, pick
from reviewlab.data.tables.opening import WholeTable, as_list, open_table, read_table
from reviewlab.data.tables.output import create_table
from reviewlab.data.tables.source import MOST_LISTED, STANDARD_STREAM, Source
from reviewlab.data.tables.table import TEXT_COLUMNS, Table

__all__ = [
    "MOST_LISTED",
    "STANDARD_STREAM",
    "TEXT_COLUMNS",
    "Format",
    "Rows",
    "Source",
    "Table",
    "WholeTable",
    "as_list",
    "create_table",
    "format_of",
    "is_table",
    "open_table",
    "pick",
    "read_table",
    "suffix_of",
]
