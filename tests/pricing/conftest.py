"""A profile of few examples, for the run that tries thousands of changes to the code."""

from hypothesis import settings

settings.register_profile("mutants", max_examples=25, deadline=None, derandomize=True)
