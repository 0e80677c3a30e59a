"""What an agent fixed of who buys and where it goes, and who alone may pay: kept whatever a form says."""

from sales_portal.checkout.errors import OtherEmail
from sales_portal.checkout.models import CheckoutSession
from sales_portal.links import prefill
from sales_portal.links.models import CheckoutLink


def values_of(link: CheckoutLink, visit: CheckoutSession | None = None) -> dict[str, str]:
    """The fixed values by field name; of a `visit` whose customer signed in, the address they did so with too."""
    values = prefill.locked(link.prefill, link.prefill_locks) if link.prefill_locks else {}
    return values if visit is None or visit.signed_in_at is None else values | {"email": visit.email}


def first_values(link: CheckoutLink) -> dict[str, str]:
    """What a copy knows from the start. The one address that may pay is typed by who has it, never shown."""
    return {name: str(value) for name, value in link.prefill.items()
            if not (link.only_email_may_pay and name == "email")}


def refuse_other_email(link: CheckoutLink, email: str) -> None:
    """Refuse whoever gives another address where only one may pay."""
    wanted = str(link.prefill.get("email", ""))
    if link.only_email_may_pay and email.strip().casefold() != wanted.casefold():
        raise OtherEmail
