"""The agent's draft basket."""
