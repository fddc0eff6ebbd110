"""Several runs of a sweep in one classifier."""
