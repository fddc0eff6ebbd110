"""Experiments on text classifiers: which settings are really better, and how sure are we?"""
