"""The house's own checks, and a broken tree for each that shows it can fail."""
