"""What a checkout knows from the start, and what of it the customer can't change."""

from collections.abc import Collection, Mapping

from sales_portal.core.errors import Invalid
from sales_portal.customers import service as customers

ADDRESS = ("street", "street_2", "postcode", "city", "region", "country")
LONGEST = {"email": 254, "name": 200, "phone": 40, "company": 200, "street": 200, "street_2": 200, "postcode": 20,
           "city": 120, "region": 120, "country": 2}
CUSTOM = "custom-"
"""Before the slug of one of the house's own questions."""
AMOUNT = "amount-"
"""Before the number of a line whose price the customer names; what is filled in are minor units."""
LONGEST_ANSWER = 500
WHOLE_ADDRESS = "address"
"""The one lock over all parts of an address."""
_CALLED = {"email": "e-mail", "name": "name", "phone": "phone number", "company": "company"}


def clean(prefill: Mapping[str, str]) -> dict[str, str]:
    """`prefill` without what is empty; raises `Invalid` naming the field of what can't be right."""
    kept = {name: text.strip() for name, text in prefill.items() if text.strip()}
    for name, text in kept.items():
        longest = LONGEST.get(name, LONGEST_ANSWER)
        if len(text) > longest:
            raise Invalid(field_of(name), f"Enter at most {longest} characters")
    if "email" in kept:
        try:
            kept["email"] = customers.clean_email(kept["email"])
        except Invalid as no:
            raise Invalid(field_of("email"), no.text) from None
    return kept


def check_locks(prefill: Mapping[str, str], locks: Collection[str], *, only_email_may_pay: bool) -> None:
    """Refuse to fix what is empty; an address counts from its street, town and country on."""
    for name in locks:
        if name == WHOLE_ADDRESS:
            missing = [part for part in ("street", "city", "country") if not prefill.get(part)]
            if missing:
                raise Invalid(field_of(missing[0]), "Fill in street, town and country before you fix the address")
        elif not prefill.get(name):
            called = "amount" if name.startswith(AMOUNT) else _CALLED.get(name, "answer")
            raise Invalid(field_of(name), f"Fill in the {called} before you fix it")
    if only_email_may_pay and not prefill.get("email"):
        raise Invalid(field_of("email"), "Enter the e-mail address that may pay")


def field_of(name: str) -> str:
    """What a form calls the field of one part."""
    return f"prefill-{name}"


def locked(prefill: Mapping[str, object], locks: Collection[str]) -> dict[str, str]:
    """What stays as the agent filled it in, by name; a fixed address with all its parts, the empty ones too."""
    names = [name for name in locks if name != WHOLE_ADDRESS]
    if WHOLE_ADDRESS in locks:
        names += ADDRESS
    return {name: str(prefill.get(name, "")) for name in names}


def answers(values: Mapping[str, object]) -> dict[str, str]:
    """The answers to the house's own questions among `values`, by slug."""
    return {name.removeprefix(CUSTOM): str(value) for name, value in values.items() if name.startswith(CUSTOM)}
