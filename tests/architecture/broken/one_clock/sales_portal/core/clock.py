def now():
    return datetime.now(UTC)
