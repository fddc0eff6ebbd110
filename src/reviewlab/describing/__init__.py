"""Describe a data set before training on it. No torch."""
