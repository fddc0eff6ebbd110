"""The terminal: exit codes, logs, printed commands and text tables."""
