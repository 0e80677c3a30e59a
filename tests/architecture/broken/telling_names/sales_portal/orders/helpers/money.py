"""Bits."""  # breaks: 'helpers'
