"""Launch the jobs of a sweep on this machine, a SLURM cluster or a Ray cluster."""

from reviewlab.console.lean_imports import import_lean

import_lean()
