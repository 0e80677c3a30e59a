"""Pricelists."""
