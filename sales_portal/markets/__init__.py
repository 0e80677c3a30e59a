"""Where we sell: countries, currency, warehouses and language of a market."""
