"""Explain a classifier's predictions and find its mistakes, without configs or run folders."""
