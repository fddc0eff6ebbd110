"""Trains, resumes and evaluates one run, from objects; knows no config and no run folder."""
