"""The public door: what a customer sees behind a link."""
