"""Which jobs a sweep has, each of them checked, and the dry run that lists them."""
