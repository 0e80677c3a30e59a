"""Processes killed, databases restarted and disks filled on the way of a payment."""
