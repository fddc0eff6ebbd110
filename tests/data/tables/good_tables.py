"""Realistic tables that can be read, with their contents."""

import bz2
import gzip
import lzma
from typing import NamedTuple

import pyarrow as pa

PLAIN = "id,text\n1,good film\n2,bad\n"
BOTH = {"id": ["1", "2"], "text": ["good film", "bad"]}
UMLAUT = "text,label\nschön,sehr gut\ngrässlich,schlecht\n"
UMLAUTS = {"text": ["schön", "grässlich"], "label": ["sehr gut", "schlecht"]}
KOREAN = "text,label\n정말 재미있는 영화였어요,긍정\n별로였다,부정\n"
KOREANS = {"text": ["정말 재미있는 영화였어요", "별로였다"], "label": ["긍정", "부정"]}
MEGABYTE = "good film, bad end. " * 50_000


def zstd(content: bytes) -> bytes:
    return pa.compress(content, "zstd", asbytes=True)  # type: ignore[no-any-return]


def texts(*values: str) -> dict[str, list[str]]:
    return {"text": list(values)}


PACKINGS = {".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress, ".zst": zstd}


class Good(NamedTuple):
    """A readable file: its name, content and columns, and the expected note."""

    name: str
    content: str | bytes
    columns: dict[str, list[object]]
    note: str = ""


GOOD = {
    # encodings
    "utf-8 with a mark": Good("x.csv", b"\xef\xbb\xbf" + UMLAUT.encode(), UMLAUTS),
    "utf-16 as Excel writes": Good("x.csv", UMLAUT.encode("utf-16"), UMLAUTS, "UTF-16-LE"),
    "utf-16 big": Good("x.csv", b"\xfe\xff" + KOREAN.encode("utf-16-be"), KOREANS, "UTF-16-BE"),
    "utf-16 without a mark": Good("x.csv", UMLAUT.encode("utf-16-le"), UMLAUTS, "UTF-16-LE"),
    "utf-16 big without": Good("x.csv", KOREAN.encode("utf-16-be"), KOREANS, "UTF-16-BE"),
    "utf-32": Good("x.csv", KOREAN.encode("utf-32"), KOREANS, "UTF-32-LE"),
    "utf-16 json": Good("x.jsonl", '{"text": "é"}\n'.encode("utf-16"), texts("é"), "UTF-16-LE"),
    "nul bytes": Good("x.csv", "text,id\na\0b,\0\n", {"text": ["a\0b"], "id": ["\0"]}),
    # delimiters
    "semicolons": Good(
        "x.csv",
        "id;text\n1;good, but long\n",
        {"id": ["1"], "text": ["good, but long"]},
        "semicolons",
    ),
    "tabs in a csv": Good("x.csv", PLAIN.replace(",", "\t"), BOTH, "tabs"),
    "pipes": Good("x.csv", PLAIN.replace(",", "|"), BOTH, "pipes"),
    "pipes in a txt": Good("x.txt", PLAIN.replace(",", "|"), BOTH, "pipes"),
    "tsv": Good("x.tsv", PLAIN.replace(",", "\t"), BOTH),
    "tsv with commas": Good(
        "x.tsv", "id\ttext, all\n1\ta, b\n", {"id": ["1"], "text, all": ["a, b"]}
    ),
    "commas in a tsv": Good("x.tsv", PLAIN, BOTH, "commas"),
    "a hint for Excel": Good("x.csv", "sep=;\nid;text\n1;good film\n2;bad\n", BOTH, "semicolons"),
    "a header of two": Good(
        "x.csv",
        "id;a,b\n1;x\n2;y\n3;u,v\n",
        {"id": ["1", "2", "3"], "a,b": ["x", "y", "u,v"]},
        "semicolons",
    ),
    "semicolons in texts": Good(
        "x.csv", "id,text\n1,a;b\n2,c\n", {"id": ["1", "2"], "text": ["a;b", "c"]}
    ),
    "one column": Good("x.csv", 'text\n"a, b"\nc\n', texts("a, b", "c")),
    "one column, bare": Good(
        "x.csv", "text\na, b\nc; d\te\n", texts("a, b", "c; d\te"), "part of the texts"
    ),
    "lines of text": Good(
        "x.txt", "text\ngood, long\n\nbad\n", texts("good, long", "bad"), "part of the texts"
    ),
    "quotes in lines": Good(
        "x.txt", 'text\n"Good" they say\nbad\n', texts('"Good" they say', "bad"), "quotes are part"
    ),
    # line ends
    "crlf": Good("x.csv", PLAIN.replace("\n", "\r\n"), BOTH),
    "lone returns": Good("x.csv", PLAIN.replace("\n", "\r"), BOTH, "lone carriage return"),
    "no last line end": Good("x.csv", PLAIN.rstrip(), BOTH),
    "a return in quotes": Good("x.csv", 'text,id\n"a\rb",1\n', {"text": ["a\rb"], "id": ["1"]}),
    "a return in a text": Good("x.csv", "text,id\na\rb,1\n", {"text": ["a\rb"], "id": ["1"]}),
    "returns for feeds in quotes": Good(
        "x.csv", 'text,id\r"a\nb",1\r', {"text": ["a\nb"], "id": ["1"]}, "lone carriage return"
    ),
    "json with lone returns": Good(
        "x.jsonl", '{"text": "a"}\r{"text": "b"}\r', texts("a", "b"), "lone carriage return"
    ),
    "unicode separators": Good(
        "x.csv",
        "text,id\na\u2028b\u2029c\x85d\x0be\x1cf,1\n",
        {"text": ["a\u2028b\u2029c\x85d\x0be\x1cf"], "id": ["1"]},
    ),
    "unicode separators in json": Good(
        "x.jsonl", '{"text": "a\u2028b\x85"}\n', texts("a\u2028b\x85")
    ),
    # quotes
    "line ends in quotes": Good(
        "x.csv", 'text,id\n"a\r\nb\n",1\n', {"text": ["a\r\nb\n"], "id": ["1"]}
    ),
    "doubled quotes": Good(
        "x.csv", 'text,id\n"a ""b"", c",1\n', {"text": ['a "b", c'], "id": ["1"]}
    ),
    "an inch": Good("x.csv", 'text,id\n5" disk,1\n', {"text": ['5" disk'], "id": ["1"]}),
    "backslashes before quotes": Good(
        "x.tsv",
        '"id"\t"text"\n"1"\t"\\"A\\" by B"\n"2"\t"c"\n',
        {"id": ["1", "2"], "text": ['"A" by B', "c"]},
        "backslash",
    ),
    "a windows path": Good("x.csv", "text,id\nC:\\new,1\n", {"text": ["C:\\new"], "id": ["1"]}),
    # packings
    **{
        f"packed {suffix}": Good(f"x.csv{suffix}", pack(PLAIN.encode()), BOTH)
        for suffix, pack in PACKINGS.items()
    },
    **{
        f"json packed {suffix}": Good(f"x.json{suffix}", pack(b'[{"text": "a"}]'), texts("a"))
        for suffix, pack in PACKINGS.items()
    },
    "two gzip members": Good(
        "x.csv.gz", gzip.compress(b"id,text\n1,good film\n") + gzip.compress(b"2,bad\n"), BOTH
    ),
    "packed, unsaid": Good("x.csv", gzip.compress(PLAIN.encode()), BOTH, "packed by gzip"),
    "not packed, said": Good("x.csv.gz", PLAIN, BOTH, "not packed"),
    "packed utf-16": Good(
        "x.tsv.xz", lzma.compress(PLAIN.replace(",", "\t").encode("utf-16")), BOTH, "UTF-16"
    ),
    "letters of bzip2": Good("x.csv", "BZh9,text\n1,a\n", {"BZh9": ["1"], "text": ["a"]}),
    # content
    "an index column": Good("x.csv", ",text\n0,a\n1,b\n", {"": ["0", "1"], "text": ["a", "b"]}),
    "right to left": Good(
        "x.csv",
        "text,label\nفيلم رائع،,جيد\nסרט נורא,רע\n",  # noqa: RUF001
        {"text": ["فيلم رائع،", "סרט נורא"], "label": ["جيد", "רע"]},
    ),
    "emoji only": Good(
        "x.csv", "text,id\n😀👨‍👩‍👧,1\n🇰🇷,2\n", {"text": ["😀👨‍👩‍👧", "🇰🇷"], "id": ["1", "2"]}
    ),
    "labels with spaces": Good(
        "x.csv",
        "text,label\na, sehr gut \nb,größer als\n",
        {"text": ["a", "b"], "label": [" sehr gut ", "größer als"]},
    ),
    "a megabyte": Good("x.csv", f'text,id\n"{MEGABYTE}",1\n', {"text": [MEGABYTE], "id": ["1"]}),
    "a megabyte of json": Good("x.json", f'[{{"text": "{MEGABYTE}"}}]', texts(MEGABYTE)),
    "no rows": Good("x.csv", "text,label\n", {"text": [], "label": []}),
    "uneven keys": Good(
        "x.jsonl", '{"text": "a"}\n{"label": 1}\n', {"text": ["a", None], "label": [None, 1]}
    ),
    "lines in a json": Good("x.json", '{"text": "a"}\n{"text": "b"}\n', texts("a", "b")),
    "suffix in capitals": Good("X.CSV.GZ", gzip.compress(PLAIN.encode()), BOTH),
}
