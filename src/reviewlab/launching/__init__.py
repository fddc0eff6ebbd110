"""Launch the jobs of a sweep on this machine, a SLURM cluster or a Ray cluster."""
