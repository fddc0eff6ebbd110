"""Tables in many formats: read from and written to files and pipes, chunk by chunk."""

from reviewlab.data.tables.formats import SUFFIXES, Format, format_of, suffix_of
from reviewlab.data.tables.nested import Rows, pick
from reviewlab.data.tables.opening import WholeTable, as_list, open_table, read_table
from reviewlab.data.tables.output import create_table
from reviewlab.data.tables.source import STANDARD_STREAM
from reviewlab.data.tables.table import TEXT_COLUMNS, Table

__all__ = [
    "STANDARD_STREAM",
    "SUFFIXES",
    "TEXT_COLUMNS",
    "Format",
    "Rows",
    "Table",
    "WholeTable",
    "as_list",
    "create_table",
    "format_of",
    "open_table",
    "pick",
    "read_table",
    "suffix_of",
]
