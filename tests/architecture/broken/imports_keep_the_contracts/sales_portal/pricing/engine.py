"""Prices."""

from sales_portal.core import clock  # breaks: may not import sales_portal.core.clock
