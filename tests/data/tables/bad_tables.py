"""Tables as found in practice that are refused, and the tables that their remedies lead to."""

import gzip
import io
from typing import NamedTuple

import pyarrow as pa
from pyarrow import parquet
from tests.data.tables.good_tables import (
    BOTH,
    KOREAN,
    KOREANS,
    PACKINGS,
    PLAIN,
    UMLAUT,
    UMLAUTS,
    texts,
)


class Bad(NamedTuple):
    """A file that is refused, and the file that following the remedy leads to.

    Attributes:
        name: name of the file.
        content: its content.
        says: the cause and the remedy, as parts of the message.
        mended: name and content after the remedy, which may also be the `encoding`.
    """

    name: str
    content: str | bytes
    says: tuple[str, ...]
    columns: dict[str, list[object]]
    mended: tuple[str, str | bytes] | None = None
    encoding: str | None = None


def in_parquet() -> bytes:
    stream = io.BytesIO()
    parquet.write_table(pa.table(BOTH), stream)
    return stream.getvalue()


def in_arrow() -> bytes:
    stream = io.BytesIO()
    with pa.ipc.new_stream(stream, pa.table(BOTH).schema) as writer:
        writer.write_table(pa.table(BOTH))
    return stream.getvalue()


PARQUET, ARROW = in_parquet(), in_arrow()
FIXED = ("x.csv", PLAIN)
BAD = {
    "western": Bad(
        "x.csv",
        UMLAUT.encode("cp1252"),
        ("line 2: byte 0xf6 is not UTF-8", "data.encoding=cp1252"),
        UMLAUTS,
        encoding="cp1252",
    ),
    "western json": Bad(
        "x.json",
        '[{"text": "é"}]'.encode("cp1252"),
        ("line 1: byte 0xe9", "data.encoding=cp1252"),
        texts("é"),
        encoding="cp1252",
    ),
    "korean": Bad(
        "x.csv",
        KOREAN.encode("cp949"),
        ("line 2: byte 0x", "data.encoding=cp949"),
        KOREANS,
        encoding="cp949",
    ),
    "late": Bad(
        "x.csv",
        b"text\n" + b"a\n" * 70_000 + b"\xfc\n",
        ("line 70002: byte 0xfc", "data.encoding=cp1252"),
        texts(*"a" * 70_000, "ü"),
        encoding="cp1252",
    ),
    "western, packed": Bad(
        "x.csv.gz",
        gzip.compress(UMLAUT.encode("cp1252")),
        ("line 2: byte 0xf6", "data.encoding=cp1252"),
        UMLAUTS,
        encoding="cp1252",
    ),
    "damaged utf-16": Bad(
        "x.csv",
        UMLAUT.encode("utf-16") + b"\n",
        ("line 4: is damaged", "save it as UTF-8"),
        UMLAUTS,
        ("x.csv", UMLAUT),
    ),
    "ragged": Bad(
        "x.csv",
        "id,text\n1,good film\n2,a, b\n",
        (
            "line 3: has 3 fields, but the header has 2",
            "put texts that contain commas in double quotes",
        ),
        {"id": ["1", "2"], "text": ["good film", "a, b"]},
        ("x.csv", 'id,text\n1,good film\n2,"a, b"\n'),
    ),
    "ragged, short": Bad(
        "x.csv",
        "id,text\n1,good film\n2\n",
        (
            "line 3: has 1 field, but the header has 2",
            "give each row a field for every column, even if it is empty",
        ),
        {"id": ["1", "2"], "text": ["good film", ""]},
        ("x.csv", "id,text\n1,good film\n2,\n"),
    ),
    "ragged semicolons": Bad(
        "x.csv",
        "id;text\n1;a\n2;b;c\n",
        ("line 3: has 3 fields", "contain semicolons"),
        {"id": ["1", "2"], "text": ["a", "b;c"]},
        ("x.csv", 'id;text\n1;a\n2;"b;c"\n'),
    ),
    "unclosed": Bad(
        "x.csv",
        'id,text\n1,"good film\n2,bad\n',
        ("line 2: bad quoting in the row that begins here", "close every quote"),
        BOTH,
        ("x.csv", 'id,text\n1,"good film"\n2,bad\n'),
    ),
    "closed early": Bad(
        "x.csv",
        'id,text\n1,"good" film\n2,bad\n',
        ("line 2: bad quoting", 'write quotes inside quoted text as ""'),
        {"id": ["1", "2"], "text": ['"good" film', "bad"]},
        ("x.csv", 'id,text\n1,"""good"" film"\n2,bad\n'),
    ),
    "twice the same": Bad(
        "x.csv",
        "text,text\na,b\n",
        ("has two columns named 'text'", "rename or remove one"),
        {"text": ["a"], "text2": ["b"]},
        ("x.csv", "text,text2\na,b\n"),
    ),
    "empty": Bad("x.csv", "", ("is empty", "its first line has to name the columns"), BOTH, FIXED),
    "blank lines": Bad("x.csv", "\n\n\n", ("is empty",), BOTH, FIXED),
    "empty jsonl": Bad(
        "x.jsonl",
        "",
        ("is empty", "JSON objects, such as one on each line"),
        texts("a"),
        ("x.jsonl", '{"text": "a"}'),
    ),
    "empty gzip": Bad(
        "x.csv.gz",
        gzip.compress(b""),
        ("is empty",),
        BOTH,
        ("x.csv.gz", gzip.compress(PLAIN.encode())),
    ),
    **{
        f"cut short {suffix}": Bad(
            f"x.csv{suffix}",
            pack(PLAIN.encode() * 99)[:-9],
            ("is damaged or incomplete", "copy or compress the file again"),
            BOTH,
            (f"x.csv{suffix}", pack(PLAIN.encode())),
        )
        for suffix, pack in PACKINGS.items()
    },
    "excel": Bad(
        "x.csv",
        b"PK\x03\x04...",
        ("is an Excel workbook or a zip archive", "save it as CSV"),
        BOTH,
        FIXED,
    ),
    "old excel": Bad(
        "x.csv", b"\xd0\xcf\x11\xe0...", ("is an Excel workbook", "save it as CSV"), BOTH, FIXED
    ),
    "a web page": Bad(
        "x.csv", "<!DOCTYPE html><p>sign in", ("is a web page", "download the file"), BOTH, FIXED
    ),
    "parquet as csv": Bad(
        "x.csv",
        PARQUET,
        ("is a parquet file", "rename it to .parquet"),
        BOTH,
        ("x.parquet", PARQUET),
    ),
    "arrow as csv": Bad(
        "x.csv",
        ARROW,
        ("is an arrow stream", "rename it to .arrow"),
        BOTH,
        ("x.arrow", ARROW),
    ),
    "csv as parquet": Bad(
        "x.parquet",
        PLAIN,
        ("is not a readable parquet file", "give it the suffix that matches"),
        BOTH,
        FIXED,
    ),
    "csv as jsonl": Bad(
        "x.jsonl", PLAIN, ("line 1: is not JSON", "give it the matching suffix"), BOTH, FIXED
    ),
    "json as csv": Bad(
        "x.csv",
        '{"id": "1", "text": "good film"}\n{"id": "2", "text": "bad"}\n',
        ("is JSON", "rename it to .json"),
        BOTH,
        ("x.json", '{"id": "1", "text": "good film"}\n{"id": "2", "text": "bad"}\n'),
    ),
    "packed parquet": Bad(
        "x.parquet.gz", gzip.compress(PARQUET), ("decompress it",), BOTH, ("x.parquet", PARQUET)
    ),
    "another suffix": Bad("x.dat", PLAIN, ("must end in .csv, .tsv",), BOTH, FIXED),
    "no object": Bad(
        "x.jsonl",
        "[1]\n",
        ("line 1: is not a JSON object but list",),
        texts("a"),
        ("x.jsonl", '{"text": "a"}'),
    ),
    "an array in jsonl": Bad(
        "x.jsonl",
        '[{"text": "a"}]\n',
        ("line 1: is not a JSON object but list", "name the file .json if it contains one array"),
        texts("a"),
        ("x.json", '[{"text": "a"}]\n'),
    ),
    "an open array": Bad(
        "x.json",
        '[{"text": "a"},\n',
        ("the array is not closed",),
        texts("a"),
        ("x.json", '[{"text": "a"}]'),
    ),
    "columns as rows": Bad(
        "x.json",
        '{"text": {"0": "a"}}',
        ("is a single object", "orient='records'"),
        texts("a"),
        ("x.json", '[{"text": "a"}]'),
    ),
    "half a pair": Bad(
        "x.jsonl",
        '{"text": "\\ud83d"}\n',
        ("line 1: contains half of a surrogate pair",),
        texts("😀"),
        ("x.jsonl", '{"text": "\\ud83d\\ude00"}\n'),
    ),
}
