"""Read IDX files, the format in which MNIST is distributed (LeCun, Cortes and Burges 1998).

A file starts with a magic number of four bytes: two zeros, the type of the values (8 for unsigned
bytes) and the number of dimensions. The size of each dimension follows, as a big-endian 32-bit
number, and then the values.
"""

import gzip
import math
import struct
import zlib
from pathlib import Path
from typing import IO, cast

import numpy as np
from numpy.typing import NDArray

from reviewlab.exceptions import InputError

_BYTES = 8
"""The number for unsigned bytes among the types of values."""

_GZIP = b"\x1f\x8b"
_CONTENT = {1: "labels", 3: "images"}
MOST_BYTES = 2**31
"""A file may claim at most this many values, so that a damaged header cannot fill the memory."""


def read_idx(path: Path, dimensions: int) -> NDArray[np.uint8]:
    """Read the values of an IDX file, plain or gzipped.

    Args:
        path: the file.
        dimensions: 1 for labels `[examples]`, 3 for images `[examples, height, width]`.

    Raises:
        InputError: the file cannot be read, is damaged, or has another number of dimensions.
    """
    try:
        with path.open("rb") as plain:
            packed = plain.read(len(_GZIP)) == _GZIP
        with gzip.open(path) if packed else path.open("rb") as file:
            return _read(cast(IO[bytes], file), path, dimensions)
    except OSError as error:
        raise _refusal(path, f"cannot be read ({error.strerror or error})") from error
    except (EOFError, zlib.error) as error:
        raise _refusal(path, "is damaged: its compressed data end early") from error


def _read(file: IO[bytes], path: Path, dimensions: int) -> NDArray[np.uint8]:
    wanted = _CONTENT[dimensions]
    magic = file.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0":
        raise _refusal(path, "is not an IDX file; allowed: a file of MNIST, plain or gzipped")
    if magic[2] != _BYTES:
        raise _refusal(path, f"has values of type {magic[2]}; allowed: {_BYTES}, unsigned bytes")
    if magic[3] != dimensions:
        content = _CONTENT.get(magic[3], f"values of {magic[3]} dimensions")
        raise _refusal(path, f"has {content}, but should have {wanted}")
    header = file.read(4 * dimensions)
    if len(header) < 4 * dimensions:
        raise _refusal(path, "is truncated: its header is incomplete")
    shape = struct.unpack(f">{dimensions}I", header)
    size = math.prod(shape)
    if size > MOST_BYTES:
        raise _refusal(path, f"claims {size:,} values; allowed: at most {MOST_BYTES:,}")
    values = file.read(size + 1)
    if len(values) != size:
        problem = "is truncated" if len(values) < size else "has bytes after its last value"
        raise _refusal(path, f"{problem}: its header announces {size:,} values of {wanted}")
    return np.frombuffer(values, np.uint8).reshape(shape)


def _refusal(path: Path, problem: str) -> InputError:
    return InputError(f"data.source: {str(path)!r} {problem}")
