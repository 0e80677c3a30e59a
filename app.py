"""The portal as `flask --app app run` and every WSGI server find it."""

import gc

from sales_portal.application.factory import create_app

app = create_app()

# What was built by now lives as long as the process: the collector need not walk it again and again, and what a request
# leaves behind is mostly freed without it.
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 20, 20)
