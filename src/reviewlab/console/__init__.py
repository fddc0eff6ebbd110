"""What a person reads on a terminal: exit codes, logs, printed commands, tables of text."""
