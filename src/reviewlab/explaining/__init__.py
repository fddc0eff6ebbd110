"""Explain answers of a classifier, and find its mistakes. No config, no run folder."""
