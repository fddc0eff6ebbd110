"""The folder of a run: who it is, how it stands, what came out. Imports without torch."""
