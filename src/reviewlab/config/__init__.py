"""Turn a command line into a checked, typed config, and the config into objects."""
