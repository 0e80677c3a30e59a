"""Customers, their accounts, contacts, addresses and what each has bought."""
