"""The folder of a run: its identity, status and result. No module here imports torch."""
