"""One checkpoint on one split of the data."""
