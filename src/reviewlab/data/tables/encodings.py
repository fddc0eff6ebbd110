"""Recognises the encoding of a text file by its first bytes."""

import codecs
from itertools import groupby

from reviewlab.data.tables.source import Source

_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",  # before UTF-16, whose mark is the first half of this one
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
WIDE = ("UTF-16", "UTF-32")
_LONGEST_HEADER = 2**12
_ONE_BYTE = ("cp1252", "cp1250", "latin-1")
_OTHERS = ("cp949", "shift_jis", "gb18030", "cp1251", *_ONE_BYTE)
_LETTERS_ALONE = 2  # bytes in a row: western words hold one or two letters with accents


def recognise(head: bytes) -> tuple[str, bytes]:
    """Return the encoding that a file begins with, and the byte order mark to leave out."""
    for mark, encoding in _MARKS.items():
        if head.startswith(mark):
            return encoding, mark
    return (
        "utf-16-le" if _is_wide(head, 1) else "utf-16-be" if _is_wide(head, 0) else "utf-8"
    ), b""


def named(source: Source, encoding: str, head: bytes) -> tuple[str, bytes]:
    """Return the encoding that a person named, and the byte order mark to leave out.

    Raises:
        InputError: there is no such encoding.
    """
    try:
        "".encode(encoding)
        name = codecs.lookup(encoding).name.removesuffix("-sig")
    except (LookupError, ValueError):  # ValueError: a NUL in the name
        source.refuse(
            f"cannot be read: {source.option('encoding')}={encoding} is no encoding that Python"
            " knows; utf-8, utf-16, cp1252, cp949 are, and null recognises UTF-8 and UTF-16"
        )
    recognised, mark = recognise(head)
    if recognised.startswith(name):
        return recognised, mark
    if mark:
        source.refuse(
            f"begins with the mark of {recognised.upper()}; leave out"
            f" {source.option('encoding')}={encoding}"
        )
    return f"{name}-le" if name.upper() in WIDE else name, b""


def likely(line: bytes) -> str:
    """Guess the encoding of a line that is not UTF-8."""
    runs = [len(list(run)) for high, run in groupby(line, lambda byte: byte > 0x7F) if high]
    guesses = _ONE_BYTE if max(runs, default=0) <= _LETTERS_ALONE else _OTHERS
    return next(name for name in guesses if _decodes(line, name))


def _is_wide(head: bytes, zeros: int) -> bool:
    """Tell whether the first line is plain letters in UTF-16, without a byte order mark.

    Args:
        head: the first bytes of the file.
        zeros: which byte of each pair is zero: 1 in little-endian order, 0 in big-endian.
    """
    pairs = head[: min(len(head) // 2 * 2, _LONGEST_HEADER)]
    letters, others = pairs[1 - zeros :: 2], pairs[zeros::2]
    end = next((i for i, byte in enumerate(letters) if byte == ord("\n") and not others[i]), None)
    letters, others = letters[:end], others[:end]
    return len(letters) > 1 and not any(others) and 0 not in letters


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
