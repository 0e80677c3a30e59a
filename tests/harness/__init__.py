"""What the tests run against: real databases, a real SMTP sink, real servers and a real browser."""
