"""The customer's private copy of a link: claim, change, expire."""
