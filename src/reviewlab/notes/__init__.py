"""Compare the study notes' published results with our own. Imports no torch."""
