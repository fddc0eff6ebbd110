"""From words to a checked, typed config, and from that to objects."""
