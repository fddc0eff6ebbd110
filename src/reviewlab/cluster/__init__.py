"""Sweeps on a SLURM cluster: submitted, worked off on the nodes, watched from anywhere."""
