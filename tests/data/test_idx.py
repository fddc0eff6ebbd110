"""An IDX file is read as it was written, or refused in a line."""

import gzip
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from tests.made_images import as_idx

from reviewlab.data.idx import read_idx
from reviewlab.exceptions import InputError

ARRAYS = st.integers(0, 1).flatmap(
    lambda deep: arrays(np.uint8, st.tuples(*[st.integers(0, 5)] * (3 if deep else 1)))
)


@given(values=ARRAYS, packed=st.booleans())
def test_what_was_written_is_read(values, packed, tmp_path_factory) -> None:
    path = tmp_path_factory.mktemp("idx") / "values"
    path.write_bytes(gzip.compress(as_idx(values)) if packed else as_idx(values))
    read = read_idx(path, values.ndim)
    assert read.dtype == np.uint8 and np.array_equal(read, values)


@given(values=ARRAYS, packed=st.booleans(), share=st.floats(0, 1, exclude_max=True))
def test_a_truncated_file_is_refused_in_a_line(values, packed, share, tmp_path_factory) -> None:
    path = tmp_path_factory.mktemp("idx") / "values"
    whole = gzip.compress(as_idx(values)) if packed else as_idx(values)
    path.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(InputError, match=re.escape(f"data.source: {str(path)!r} ")) as refusal:
        read_idx(path, values.ndim)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"not a file of numbers", "is not an IDX file"),
        (as_idx(np.zeros((2, 2, 2), np.uint8)), "has images, but should have labels"),
        (as_idx(np.zeros((2, 2), np.uint8)), "has values of 2 dimensions, but should have labels"),
        (b"\0\0\x0d\1\0\0\0\1\0\0\0\0", "has values of type 13; allowed: 8, unsigned bytes"),
        (as_idx(np.zeros(3, np.uint8)) + b"x", "has bytes after its last value"),
        (b"\0\0\x08\1\xff\xff\xff\xff", "claims 4,294,967,295 values; allowed: at most"),
        (gzip.compress(b"\0\0\x08\1\0\0\0\3ab"), "is truncated: its header announces 3 values"),
        (gzip.compress(as_idx(np.ones(99, np.uint8)))[:-9] + b"damaged..", "CRC check failed"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_of_labels_that_is_none_is_refused(content, problem, tmp_path: Path) -> None:
    path = tmp_path / "labels"
    path.write_bytes(content)
    with pytest.raises(InputError, match=re.escape(problem)):
        read_idx(path, 1)


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot be read \(Is a directory\)"):
        read_idx(tmp_path, 1)
