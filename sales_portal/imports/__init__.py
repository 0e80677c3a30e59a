"""Files that bring products, prices and stock into the portal."""
