"""Detect the encoding of a text file from its first bytes."""

import codecs
from itertools import groupby

from reviewlab.data.tables.source import Source

_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",  # before UTF-16, whose mark is its first half
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
WIDE = ("UTF-16", "UTF-32")
_LONGEST_HEADER = 2**12
_ONE_BYTE = ("cp1252", "cp1250", "latin-1")
_OTHERS = ("cp949", "shift_jis", "gb18030", "cp1251", *_ONE_BYTE)
_ADJACENT_ACCENTS = 2  # western words have at most two accented letters in a row


def recognise(head: bytes) -> tuple[str, bytes]:
    """Detect the encoding of a text file; return it, and the byte order mark to skip."""
    for mark, encoding in _MARKS.items():
        if head.startswith(mark):
            return encoding, mark
    return (
        "utf-16-le" if _is_wide(head, 1) else "utf-16-be" if _is_wide(head, 0) else "utf-8"
    ), b""


def require(source: Source, encoding: str, head: bytes) -> tuple[str, bytes]:
    """Check the encoding that the user chose; return it, and the byte order mark to skip.

    Args:
        source: the file, for messages.
        encoding: name of the encoding.
        head: the first bytes of the file.

    Raises:
        InputError: there is no such encoding, or the byte order mark contradicts it.
    """
    try:
        "".encode(encoding)
        name = codecs.lookup(encoding).name.removesuffix("-sig")
    except (LookupError, ValueError):  # ValueError: a NUL in the name
        source.refuse(
            f"cannot be read: {source.option('encoding')}={encoding} is not a Python encoding;"
            " allowed: utf-8, utf-16, cp1252, cp949 and others, or null to detect UTF-8 and UTF-16"
        )
    recognised, mark = recognise(head)
    if recognised.startswith(name):
        return recognised, mark
    if mark:
        source.refuse(
            f"begins with the byte order mark of {recognised.upper()}; leave out"
            f" {source.option('encoding')}={encoding}"
        )
    return f"{name}-le" if name.upper() in WIDE else name, b""


def guess(line: bytes) -> str:
    """Guess the encoding of a line that is not UTF-8."""
    runs = [len(list(run)) for high, run in groupby(line, lambda byte: byte > 0x7F) if high]
    candidates = _ONE_BYTE if max(runs, default=0) <= _ADJACENT_ACCENTS else _OTHERS
    return next(name for name in candidates if _decodes(line, name))


def _is_wide(head: bytes, zeros: int) -> bool:
    """Test if the first line is Latin text in UTF-16, without a byte order mark.

    Args:
        head: the first bytes of the file.
        zeros: index of the zero byte in each pair: 1 in little-endian order, 0 in big-endian.
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
