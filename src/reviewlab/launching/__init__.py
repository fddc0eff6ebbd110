"""Jobs onto places: this machine, a SLURM cluster, a Ray cluster."""

from reviewlab.console.lean_imports import import_lean

import_lean()
