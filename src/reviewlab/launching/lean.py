"""Imported before anything else by a job, which has no use for transformers in torchmetrics."""

from reviewlab.console.lean_imports import import_lean

import_lean()
