"""Explain the predictions of a classifier, and find its mistakes. No config, no run folder."""
