"""Sweeps of many runs: job slots, the queue, searches and resuming. Does not import torch."""
