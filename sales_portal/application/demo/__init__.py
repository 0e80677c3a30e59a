"""The demo shop: Nordlight, a furniture house in Stockholm, with everything a portal needs to be tried."""
