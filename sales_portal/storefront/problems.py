"""Why a customer was led back to a page they pay from, in words."""

from flask import request

from sales_portal.core.translation import _
from sales_portal.payments.errors import AmountNotTaken, NoMoreTime, NothingToPayWith, ProviderDown, TooManyAttempts

PROBLEMS = {"provider": ProviderDown.message, "attempts": TooManyAttempts.message, "hold": NoMoreTime.message,
            "nothing": NothingToPayWith.message, "amount": AmountNotTaken.message}


def said() -> str:
    """What the address of this page says went wrong; empty where nothing did."""
    text = PROBLEMS.get(request.args.get("problem", ""))
    return _(text) if text else ""
