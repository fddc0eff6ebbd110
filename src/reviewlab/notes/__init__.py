"""The study notes: what they published, beside what their experiments measure here. No torch."""
