"""Sweeps on a cluster: SLURM runs the jobs by itself; on Ray, our queue uses the nodes."""
