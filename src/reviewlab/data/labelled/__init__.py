"""The data set `table`: any labelled text, from files or from a data set on the hub."""
