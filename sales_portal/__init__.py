"""Sales Portal: an agent builds a basket, sends a link, the customer pays alone."""
