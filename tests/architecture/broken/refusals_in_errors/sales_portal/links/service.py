from sales_portal.core import errors


class LinkExpired(errors.Refusal):  # breaks: the refusal LinkExpired belongs into links/errors.py
    """Too late."""


class Terms:
    """Not a refusal."""
