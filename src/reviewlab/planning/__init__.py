"""Plan the jobs of a sweep, check each of them, and list them in a dry run."""
