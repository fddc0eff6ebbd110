"""Check the file of a checkpoint before anything in it is loaded.

A checkpoint is a zip archive: a pickle of plain values, and one record for the numbers of each
tensor. The archive holds a CRC-32 of every record, which `torch.load` does not check.
"""

import pickletools
import zipfile
from pathlib import Path
from typing import Any, NoReturn

from reviewlab.exceptions import InputError, first_line
from reviewlab.runs.files import is_regular

DEEPEST = 100
"""Bound on the nesting of the values in a checkpoint. Ours are nested about ten deep."""

DAMAGED = "is damaged or not a checkpoint; nothing in it was run"

MOST = 1_000_000
"""Bound on the instructions of a pickle besides those for tensors.

However large, a vocabulary, a table of n-grams or a tokenizer is one text, which takes one
instruction. A config and arguments take about 2,000, an epoch's metrics about 3 each: 10,000 epochs
of 20 metrics take 640,000.
"""

MOST_PER_TENSOR = 50
"""Bound on the instructions for a tensor: 27 were measured in a batch, 32 in a state of AdamW."""

EXTENDED = frozenset({"APPEND", "APPENDS", "SETITEM", "SETITEMS", "ADDITEMS", "BUILD"})
"""Instructions of a pickle that add to the object below their arguments."""

PUTS = frozenset({"PUT", "BINPUT", "LONG_BINPUT"})
GETS = frozenset({"GET", "BINGET", "LONG_BINGET"})
MARK = pickletools.markobject

ALLOCATES = "bytearray"
"""A callable that torch allows in checkpoints, although it can fill memory from one number."""


def check_archive(path: str | Path) -> None:
    """Refuse a file that is not an intact checkpoint; nothing in it is unpickled.

    Reading it afterwards takes no more memory than the file has bytes, since its records are not
    compressed and do not overlap.

    Raises:
        InputError: the path is not a regular file, or the file is incomplete, changed since it was
            written, or has another format.
    """
    signature = _read_signature(path)
    try:
        if not zipfile.is_zipfile(path):
            refuse(path, "is truncated: its end is missing" if signature == b"PK" else DAMAGED)
        with zipfile.ZipFile(path) as archive:
            _check_contents(path, archive)
            changed = archive.testzip()
            if changed is not None:
                refuse(path, f"is damaged: {changed!r} in it is not what was written")
            _check_pickle(path, archive)
    except InputError:
        raise
    except OSError as error:
        refuse(path, f"cannot be read: {error.strerror or first_line(error)}")
    except Exception:  # a damaged archive or pickle can fail in any way
        refuse(path, DAMAGED)


def refuse(path: str | Path, problem: str) -> NoReturn:
    """Raise the error for a checkpoint that cannot be used.

    Args:
        path: the file.
        problem: the predicate of the message, such as "does not exist".
    """
    raise InputError(f"checkpoint: {str(path)!r} {problem}")


def _read_signature(path: str | Path) -> bytes:
    """Return the first two bytes of a file; refuse a path that is not a regular file."""
    if not str(path):  # a shell variable that is not set
        refuse(path, "is not allowed; allowed: the .ckpt file of a run")
    file = Path(path)
    try:
        if file.is_dir():
            refuse(path, "is a folder; name a .ckpt file in it, such as checkpoints/best.ckpt")
        if not is_regular(file):
            refuse(path, "is not a regular file; allowed: the .ckpt file of a run")
        with file.open("rb") as stream:
            signature = stream.read(2)
    except FileNotFoundError:
        refuse(path, "does not exist")
    except InputError:
        raise
    except OSError as error:
        refuse(path, f"cannot be read: {error.strerror}")
    except ValueError as error:  # a path with a null character
        refuse(path, f"cannot be read: {error}")
    if not signature:
        refuse(path, "is empty")
    return signature


def _check_contents(path: str | Path, archive: zipfile.ZipFile) -> None:
    """Refuse an archive whose table of contents promises more than the file can hold."""
    records = archive.infolist()
    names = {record.filename.lower() for record in records}  # torch ignores case
    if len(names) < len(records):
        refuse(path, "is damaged: two records in it have the same name")
    if any(record.compress_type != zipfile.ZIP_STORED for record in records):
        refuse(path, "has compressed records, which reviewlab and torch never write")
    sizes = [(record.file_size, record.compress_size) for record in records]
    if (
        any(whole != stored for whole, stored in sizes)
        or sum(whole for whole, _ in sizes) > Path(path).stat().st_size
    ):
        refuse(path, "is damaged: its records are larger than the file")


def _check_pickle(path: str | Path, archive: zipfile.ZipFile) -> None:
    pickles = [name for name in archive.namelist() if name.endswith("/data.pkl")]
    if len(pickles) != 1:
        refuse(path, DAMAGED)
    content, most = archive.read(pickles[0]), MOST + MOST_PER_TENSOR * len(archive.infolist())
    for number, (operation, argument, _) in enumerate(pickletools.genops(content)):
        if operation.name == "GLOBAL" and str(argument).endswith(ALLOCATES):
            refuse(path, f"would call {ALLOCATES}, which reviewlab never writes")
        if number > most:
            refuse(path, f"has more values than a training writes: over {most:,} instructions")
    if nesting(content) > DEEPEST:
        refuse(path, f"has values that are nested more than {DEEPEST} deep")


def nesting(pickle: bytes) -> int:
    """Return how deeply the tuples in a pickle are nested, without building them.

    It stops counting beyond `DEEPEST`.

    To hash a tuple that is nested a hundred thousand deep, Python would overflow its stack. For
    mutable containers the result is a lower bound: they may be filled after they are nested.
    """
    deepest = 0
    memo: dict[Any, Any] = {}
    stack: list[Any] = []  # the depth of each object, or a mark
    for operation, argument, _ in pickletools.genops(pickle):
        name, after = operation.name, operation.stack_after
        if name in PUTS:
            memo[argument] = stack[-1]
        elif name in GETS:
            stack.append(memo[argument])
        elif operation.stack_before:
            below = _take(stack, operation)
            depth = 1 + max(below, default=0)
            if name in EXTENDED:
                depth = max(below[0], 1 + max(below[1:], default=0))
            deepest = max(deepest, depth)
            if deepest > DEEPEST:
                break
            stack += [depth] * len(after)
        else:
            stack += [MARK if kind is MARK else 0 for kind in after]
    return deepest


def _take(stack: list[Any], operation: pickletools.OpcodeInfo) -> list[int]:
    """Remove the arguments of an instruction from the stack, and return their depths."""
    count, marked = len(operation.stack_before), []
    if MARK in operation.stack_before:
        mark = len(stack) - 1 - stack[::-1].index(MARK)
        marked = stack[mark + 1 :]
        del stack[mark:]
        count = operation.stack_before.index(MARK)
    if count > len(stack):
        raise ValueError("an instruction has too few arguments")
    first = len(stack) - count
    taken = [*stack[first:], *marked]
    del stack[first:]
    return taken
