"""Placing an order exactly once, and an order's life afterwards."""
