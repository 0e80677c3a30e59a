"""Staff: sign-in, roles and permissions."""
