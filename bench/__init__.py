"""Measures the main journey against a yardstick program in the same run."""
