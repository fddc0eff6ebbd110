"""Sweeps on a cluster: SLURM schedules the jobs itself; on Ray, our own queue starts them."""
