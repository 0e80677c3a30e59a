"""Expiry."""

from sales_portal.core import clock
