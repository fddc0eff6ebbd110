"""Combine several runs into one classifier."""
