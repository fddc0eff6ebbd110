"""One file a command: read the words, call what does the work, print the answer."""
