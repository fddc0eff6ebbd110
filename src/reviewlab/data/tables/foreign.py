"""Refuse files that are not text, despite their name."""

import json

from reviewlab.data.tables.source import Source

_KINDS = {
    b"PK\x03\x04": "is an Excel workbook or a zip archive; save it as CSV, or unpack it",
    b"\xd0\xcf\x11\xe0": "is an Excel workbook; save it as CSV",
    b"PAR1": "is a parquet file; rename it to .parquet",
    b"ARROW1": "is an arrow file; rename it to .arrow",
    b"\xff\xff\xff\xff": "is an arrow stream; rename it to .arrow",
    b"SQLite format 3": "is a database; export the table as CSV",
    b"%PDF": "is a PDF; save the table in it as CSV",
    b"<!DOCTYPE": "is a web page; download the file that it links to",
    b"<!doctype": "is a web page; download the file that it links to",
    b"<html": "is a web page; download the file that it links to",
}


def refuse_foreign(source: Source, head: bytes) -> None:
    """Raise InputError if a file's first bytes belong to a format other than text."""
    for magic, problem in _KINDS.items():
        if head.startswith(magic):
            source.refuse(problem)


def refuse_json(source: Source, line: str) -> None:
    """Raise InputError if a file of delimited text is JSON, judging by its first line."""
    try:
        is_json = line[:1] in ("{", "[") and isinstance(json.loads(line), dict | list)
    except (ValueError, RecursionError):
        is_json = False
    if is_json or line.strip() == "[":
        source.refuse("is JSON; rename it to .json")
