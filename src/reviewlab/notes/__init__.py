"""The study notes: their published results against what we measure. Imports no torch."""
