RATE = 0.25  # breaks: 0.25 is a float


def tax(amount: int, rate: float) -> int:  # breaks: money is never a float
    part = amount / 100  # breaks: dividing whole numbers
    return int(Decimal(amount) / 100) + amount // 100 + part
