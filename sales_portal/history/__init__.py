"""Append-only facts; timelines, reports and audit read them."""
