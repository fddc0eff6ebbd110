"""Text encoders: text to token ids and back. No torch, no files."""
