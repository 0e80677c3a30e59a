"""Shareable frozen offers: secret, policy, life and sending."""
