"""Where an order is made."""
