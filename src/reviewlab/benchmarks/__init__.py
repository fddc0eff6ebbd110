"""Measures this project against the least that the same work costs without it."""
