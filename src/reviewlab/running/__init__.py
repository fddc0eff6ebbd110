"""Carry out one run from its config: start, resume or rerun it, and start its other ranks."""
