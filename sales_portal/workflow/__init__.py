"""Steps a selection passes through, and what each step requires."""
