"""Bits."""  # breaks: 'utils'
