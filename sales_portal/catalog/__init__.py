"""Products, variants, subscription offers, training events and custom fields."""
