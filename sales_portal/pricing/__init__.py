"""Pricelists, discounts, tax and shipping rules, and the one engine that computes money."""
