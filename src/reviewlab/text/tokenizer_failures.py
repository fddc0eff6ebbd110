"""Failures of the library `tokenizers`, on files and texts that nobody has checked.

The library is written in Rust. Where its authors expected no failure, it panics: it describes the
panic on stderr, past Python, and raises an exception that `except Exception` lets through.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from reviewlab.console.streams import stderr_held
from reviewlab.exceptions import InputError, first_line

PANIC = "PanicException"
"""The name of the class that each Rust library has of its own, derived from `BaseException`."""


@contextmanager
def failures_refused(problem: str) -> Iterator[None]:
    """Refuse any failure or panic of the library within the `with` block; nothing is printed.

    Args:
        problem: the beginning of the message, such as "data.text: the tokenizer cannot encode".

    Raises:
        InputError: the library failed.
    """
    try:
        with stderr_held():
            yield
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != PANIC:
            raise
        raise InputError(f"{problem} ({first_line(error)})") from None
