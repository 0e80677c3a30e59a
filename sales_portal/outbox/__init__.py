"""Jobs born in the caller's transaction, claimed under a lease and retried."""
