"""The shareable offer."""

from sales_portal.links import service  # breaks: one docstring and nothing else
