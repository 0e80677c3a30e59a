"""Rules."""

import sqlalchemy  # breaks: may not import sqlalchemy
