"""What people do from the first page to the last, in a real browser."""
