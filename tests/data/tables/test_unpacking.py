"""Compressed files, recognised by their first bytes."""

import bz2
import gzip
import io
import lzma
from collections.abc import Callable

import pyarrow
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewlab.data.tables.source import Source
from reviewlab.data.tables.unpacking import replay, unpack
from reviewlab.exceptions import InputError

SOURCE = Source("x.csv", "input")
CONTENT = b"id,text\n" + b"1,good film\n" * 5000


def zstd(content: bytes) -> bytes:
    return bytes(pyarrow.compress(content, "zstd", asbytes=True))


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": zstd,
}


@pytest.mark.parametrize("packing", [*PACKERS])
def test_each_packing_is_recognised_by_its_content(packing: str) -> None:
    stream, found = unpack(io.BytesIO(PACKERS[packing](CONTENT)), SOURCE)
    assert found == packing
    assert stream.read() == CONTENT


@pytest.mark.parametrize("packing", ["gzip", "bzip2", "xz"])
def test_a_file_that_was_cut_short_is_refused(packing: str) -> None:
    packed = PACKERS[packing](CONTENT)
    stream, _ = unpack(io.BytesIO(packed[: len(packed) - 9]), SOURCE)
    with pytest.raises(InputError, match=rf"'x.csv' is damaged or cut short .{packing}: "):
        stream.read()


@pytest.mark.parametrize("content", [b"", b"a", b"BZh,text\n", CONTENT])
def test_plain_bytes_stay_as_they_are(content: bytes) -> None:
    stream, packing = unpack(io.BytesIO(content), SOURCE)
    assert (stream.read(), packing) == (content, None)


@given(st.binary(max_size=50), st.binary(max_size=50))
def test_what_was_read_already_comes_first(head: bytes, rest: bytes) -> None:
    assert replay(head, io.BytesIO(rest)).read() == head + rest
