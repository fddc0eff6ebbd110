"""Data sets: from a source of reviews to batches for a model."""
