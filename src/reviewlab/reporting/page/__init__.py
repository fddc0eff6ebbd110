"""One web page for a sweep, with everything known about it in one file that needs no network."""
