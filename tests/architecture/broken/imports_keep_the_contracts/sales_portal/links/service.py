"""Knows too much."""

import flask  # breaks: may not import flask

from sales_portal.links import jobs  # breaks: may not import sales_portal.links.jobs
from sales_portal.orders import placing  # breaks: may not import sales_portal.orders.placing
