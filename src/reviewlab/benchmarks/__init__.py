"""Measure the overhead of this project over the same work in plain code."""
