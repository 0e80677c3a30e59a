import stripe  # breaks: payments/stripe
