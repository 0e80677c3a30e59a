"""The public door: what a customer sees behind a link, in every state, and what each press does."""
