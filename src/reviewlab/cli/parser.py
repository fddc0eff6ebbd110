"""The parser of commands that take options such as `--html`."""

import argparse
import math
from typing import NoReturn

from reviewlab.exceptions import InputError


class Parser(argparse.ArgumentParser):
    """An argument parser that reports errors in one line, as all scripts do."""

    def error(self, message: str) -> NoReturn:
        """Raise an `InputError` with the message."""
        raise InputError(f"command line: {message}; see --help")


def parse_margin(text: str) -> float:
    """Parse a margin of equality; argparse names the option if this fails."""
    try:
        margin = float(text)
    except ValueError:
        margin = math.nan
    if not 0 <= margin < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not allowed; allowed: a number >= 0")
    return margin
