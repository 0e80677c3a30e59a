class LinkUsed(Refusal):
    """Taken."""
