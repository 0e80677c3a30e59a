"""`python -m sales_portal.application` starts the portal; what it does stands in `serving`."""

import gc
from importlib import import_module

# Loading makes a hundred thousand objects that all stay: collecting among them takes a fifth of the start.
gc.disable()
serving = import_module("sales_portal.application.serving")
gc.freeze()
gc.enable()

if __name__ == "__main__":
    serving.main()
