"""One run from its config: run, resume, rerun, and the other ranks of a distributed run."""
