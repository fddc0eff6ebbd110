"""Training of one run, from objects; no config is known here."""
