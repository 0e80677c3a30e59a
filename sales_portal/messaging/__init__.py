"""Mail templates, deliveries and their transports."""
