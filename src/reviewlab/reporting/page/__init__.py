"""One page for a sweep: everything that is known of it in one file that needs no network."""
