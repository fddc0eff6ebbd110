"""Text encoders: from text to token ids and back. No torch."""
