"""Measure how much this project costs beyond plain code that does the same work."""
