"""Ids of accounts in a customer-relations system: their form, and when two of them mean the same. Pure.

Salesforce writes an id with 15 characters, in which capitals count, or with 18, whose last three repeat which of the
others are capitals. An account's begins with 001.
"""

import re

from sales_portal.core.errors import Invalid

FIELD = "crm_account_id"
LONGEST = 40
SALESFORCE = "salesforce"
_SHORT = 15
_ACCOUNT, _CONTACT = "001", "003"
_FORM = re.compile(r"[0-9A-Za-z]{15}(?:[0-9A-Za-z]{3})?")
_CHECKED = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def check(text: str, crm: str) -> None:
    """Refuse with `Invalid` what is no account's id in `crm`; an empty one is none, and is fine."""
    if not text:
        return
    if crm != SALESFORCE:
        if len(text) > LONGEST:
            raise Invalid(FIELD, f"Enter an id with at most {LONGEST} characters")
        return
    if _FORM.fullmatch(text) is None:
        raise Invalid(FIELD, "Enter a Salesforce account id: 15 or 18 letters and digits, beginning with 001")
    if text.startswith(_CONTACT):
        raise Invalid(FIELD, "This is the id of a contact. Enter the account's: it begins with 001")
    if not text.startswith(_ACCOUNT):
        raise Invalid(FIELD, "This is not the id of an account: those begin with 001")
    if text[_SHORT:] not in ("", suffix(text[:_SHORT])):
        raise Invalid(FIELD, "The last three characters don't fit the others. Copy the id again")


def canonical(text: str) -> str:
    """How an id is kept: an account's of Salesforce with all its 18 characters, any other as it is."""
    return text + suffix(text) if len(text) == _SHORT and _is_account(text) else text


def forms(text: str) -> tuple[str, ...]:
    """The ways to write the same id."""
    whole = canonical(text)
    is_salesforces = _is_account(whole) and len(whole) > _SHORT and whole[_SHORT:] == suffix(whole[:_SHORT])
    return (whole, whole[:_SHORT]) if is_salesforces else (text,)


def suffix(fifteen: str) -> str:
    """The three characters that tell which of fifteen are capitals."""
    fives = (fifteen[start:start + 5] for start in (0, 5, 10))
    return "".join(
        _CHECKED[sum(1 << place for place, letter in enumerate(five) if letter.isupper())] for five in fives)


def _is_account(text: str) -> bool:
    return text.startswith(_ACCOUNT) and _FORM.fullmatch(text) is not None
