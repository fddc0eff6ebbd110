"""One file a command: read the words, call what does the work, print the answer."""

from reviewlab.console.lean_imports import import_lean

import_lean()
