"""One public checkout each: brand, domain and defaults."""
