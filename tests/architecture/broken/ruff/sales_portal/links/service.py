"""A name nobody uses, and a name nobody knows."""

import json  # breaks: F401


def create_link() -> None:
    """Fail."""
    unknown()  # breaks: F821
