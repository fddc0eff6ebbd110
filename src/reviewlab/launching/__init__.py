"""Jobs onto places: this machine, a SLURM cluster, a Ray cluster."""
