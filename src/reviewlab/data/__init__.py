"""Where reviews come from, and how they reach a model in batches."""
