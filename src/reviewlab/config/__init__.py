"""Turn a command line into a checked, typed config, and that into objects."""
