"""Counts and funnels read from links, orders and history."""
