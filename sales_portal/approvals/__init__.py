"""Who must agree before a link may exist."""
