"""Timings against bars measured in the same run."""
