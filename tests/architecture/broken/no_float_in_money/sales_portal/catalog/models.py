from sqlalchemy import BigInteger, Numeric  # breaks: Numeric is a float in SQLite
