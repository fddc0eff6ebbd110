"""Sweeps on a cluster: SLURM works jobs off by itself, Ray gives our queue its nodes."""
