"""Stock per warehouse, with a ledger of every move and hold."""
