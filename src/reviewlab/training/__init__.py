"""Training of one run from objects, independent of any config."""
