"""Train one run from Python objects, independent of any config."""
