"""The terminal: exit codes, logs, printed commands, tables of text."""
