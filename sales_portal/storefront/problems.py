"""Why a customer was led back to a page they pay from, in words."""

from flask import request

from sales_portal.core.errors import Refusal
from sales_portal.core.translation import _
from sales_portal.payments.errors import AmountNotTaken, NoMoreTime, NothingToPayWith, ProviderDown, TooManyAttempts

PROBLEMS: dict[str, type[Refusal]] = {
    "provider": ProviderDown, "attempts": TooManyAttempts, "hold": NoMoreTime, "nothing": NothingToPayWith,
    "amount": AmountNotTaken}


def of(no: Refusal) -> str | None:
    """What an address calls this refusal; None where the page shows the reason by itself."""
    return next((name for name, kind in PROBLEMS.items() if type(no) is kind), None)


def said() -> str:
    """What the address of this page says went wrong; empty where nothing did."""
    kind = PROBLEMS.get(request.args.get("problem", ""))
    return _(kind.message) if kind is not None else ""
