"""The jobs of a sweep, each of them checked, and the dry run that lists them."""
