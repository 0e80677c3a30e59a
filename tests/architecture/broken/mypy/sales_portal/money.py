"""An untyped function, and a wrong type."""


def untyped(amount):  # breaks: missing a type annotation
    return amount


def wrong(amount: int) -> str:
    return amount  # breaks: Incompatible return value type
