"""One file per command: parse the command line, call the code that does it, print the result."""

from reviewlab.console.lean_imports import import_lean

import_lean()
