"""Import this first in a job: it keeps torchmetrics from importing transformers."""

from reviewlab.console.lean_imports import import_lean

import_lean()
