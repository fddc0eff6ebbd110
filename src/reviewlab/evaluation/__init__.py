"""Measure one checkpoint on one split of the data."""
