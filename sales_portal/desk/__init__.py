"""The staff door: pages where agents, managers and administrators work."""
