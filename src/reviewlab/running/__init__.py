"""Carry out one run from its config: run, resume, rerun, other ranks of a distributed run."""
