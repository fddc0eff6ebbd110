"""The encoding of a file, detected from its first bytes or given by name."""

import codecs

import pytest

from reviewlab.data.tables.encodings import guess, recognise, require
from reviewlab.data.tables.source import Source
from reviewlab.exceptions import InputError

SOURCE = Source("x.csv", "data.source")
HEADER = "id,text\n1,größe\n"


@pytest.mark.parametrize(
    ("head", "encoding", "mark"),
    [
        (HEADER.encode(), "utf-8", b""),
        (codecs.BOM_UTF8 + HEADER.encode(), "utf-8", codecs.BOM_UTF8),
        (HEADER.encode("utf-16-le"), "utf-16-le", b""),
        (HEADER.encode("utf-16-be"), "utf-16-be", b""),
        (codecs.BOM_UTF16_LE + HEADER.encode("utf-16-le"), "utf-16-le", codecs.BOM_UTF16_LE),
        (codecs.BOM_UTF16_BE + HEADER.encode("utf-16-be"), "utf-16-be", codecs.BOM_UTF16_BE),
        (codecs.BOM_UTF32_LE + HEADER.encode("utf-32-le"), "utf-32-le", codecs.BOM_UTF32_LE),
        (b"", "utf-8", b""),
        (b"a\0b", "utf-8", b""),
    ],
)
def test_an_encoding_is_recognised(head: bytes, encoding: str, mark: bytes) -> None:
    assert recognise(head) == (encoding, mark)


@pytest.mark.parametrize(
    ("name", "head", "encoding"),
    [
        ("cp1252", HEADER.encode("cp1252"), "cp1252"),
        ("UTF8", codecs.BOM_UTF8 + b"a", "utf-8"),
        ("utf-8-sig", b"a", "utf-8"),
        ("utf-16", HEADER.encode("utf-16-le"), "utf-16-le"),
        ("utf-16", codecs.BOM_UTF16_BE + b"\0a", "utf-16-be"),
    ],
)
def test_a_name_is_taken(name: str, head: bytes, encoding: str) -> None:
    assert require(SOURCE, name, head)[0] == encoding


@pytest.mark.parametrize(
    ("name", "head", "line"),
    [
        ("utf-9", b"", "data.encoding=utf-9 is not a Python encoding"),
        ("a\0b", b"", "is not a Python encoding"),
        ("cp1252", codecs.BOM_UTF16_LE, "begins with the byte order mark of UTF-16-LE; leave out"),
    ],
)
def test_a_name_that_cannot_be_is_refused(name: str, head: bytes, line: str) -> None:
    with pytest.raises(InputError, match=line):
        require(SOURCE, name, head)


@pytest.mark.parametrize(("text", "encoding"), [("größe", "cp1252"), ("좋은 영화였어요", "cp949")])
def test_a_likely_encoding_reads_the_line(text: str, encoding: str) -> None:
    assert guess(text.encode(encoding)) == encoding
