"""What stands under *More* in the Link dialog: its fields, and how they become terms."""

from typing import Any

from sales_portal.core.errors import Invalid
from sales_portal.desk.forms.builder import whole
from sales_portal.desk.forms.sent_form import SentField, SentForm, text, ticked
from sales_portal.links.prefill import AMOUNT, CUSTOM, LONGEST, WHOLE_ADDRESS
from sales_portal.links.terms import MAX_METADATA

PREFIX = "prefill-"
LOCKABLE = ("email", "name", "phone", "company", WHOLE_ADDRESS)
THANKS, MESSAGE, ELSEWHERE = "thanks", "message", "url"
USUAL, YES, NO = "usual", "yes", "no"
MOST_FIELDS = 100


def _prefill(form: SentForm, _: str) -> dict[str, str]:
    """Every field of the form whose name begins with `prefill-`, by the rest of the name."""
    names = [name for name in list(form.texts)[:10 * MOST_FIELDS] if _is_known(name.removeprefix(PREFIX))]
    return {name.removeprefix(PREFIX): form.texts[name] for name in names[:MOST_FIELDS] if name.startswith(PREFIX)}


def _first_prefill(values: Any) -> dict[str, str]:
    return dict(values or {})


def _locks(form: SentForm, _: str) -> list[str]:
    """The names of what the customer can't change."""
    sent = dict.fromkeys(form.sent.getlist("lock")[:MOST_FIELDS])
    return [name for name in sent if name in LOCKABLE or name.startswith((AMOUNT, CUSTOM))]


def _first_locks(names: Any) -> list[str]:
    return list(names or ())


def _rows(form: SentForm, _: str) -> list[tuple[str, str]]:
    """Rows of a key and a value as they were sent."""
    sent = zip(form.sent.getlist("metadata_key"), form.sent.getlist("metadata_value"), strict=False)
    return [(key.strip(), value.strip()) for key, value in sent]


def _pairs(form: SentForm, name: str) -> list[tuple[str, str]]:
    """The same, but rows left empty are no rows."""
    return [pair for pair in _rows(form, name) if any(pair)][:MAX_METADATA + 1]


def _first_pairs(pairs: Any) -> list[tuple[str, str]]:
    return [(str(key), str(value)) for key, value in pairs or ()]


class MoreForm(SentForm):
    """The part of the dialog that most links leave as it is; a choice that was not sent is the usual one."""

    more = text()
    discount = text()
    codes = text()
    preselected = text()
    skips_landing = ticked()
    prefill = SentField(_prefill, _first_prefill)
    locks = SentField(_locks, _first_locks)
    only_email_may_pay = ticked()
    crm_account_id = text()
    crm_contact_id = text()
    metadata = SentField(_pairs, _first_pairs)
    metadata_rows = SentField(_rows, _first_pairs)
    after = text()
    after_message = text()
    after_url = text()
    price_mode = text()
    language = text()

    def more_terms(self, changes: str, policy: str) -> dict[str, Any]:
        """The terms as chosen here; raises `Invalid` naming the field. What another choice rules out is left out."""
        asks_email = bool(self.only_email_may_pay.data)
        return {
            "discount_id": self._discount(), "allows_discount_codes": self._allows_codes(changes),
            "skips_landing": bool(self.skips_landing.data) and policy == "reusable",
            "prefill": {name: text.strip() for name, text in self.prefill.data.items() if text.strip()},
            # Who must show that the address is theirs types it: it is not shown to whoever holds the link.
            "prefill_locks": tuple(name for name in self.locks.data if not (asks_email and name == "email")),
            "only_email_may_pay": asks_email, "crm_account_id": (self.crm_account_id.data or "").strip(),
            "crm_contact_id": (self.crm_contact_id.data or "").strip(), "metadata": self._metadata(),
            "after_message": (self.after_message.data or "").strip() if self.after.data == MESSAGE else "",
            "after_url": self._after_url(), "price_mode": self.price_mode.data or "frozen",
            "language": (self.language.data or "").strip()}

    def _discount(self) -> int | None:
        typed = (self.discount.data or "").strip()
        chosen = whole(typed)
        if typed and chosen is None:
            raise Invalid("discount", "Choose one of the discounts")
        return chosen

    def _allows_codes(self, changes: str) -> bool:
        if self.codes.data in (None, USUAL):
            return changes != "nothing"
        if self.codes.data not in (YES, NO):
            raise Invalid("codes", "Choose whether a discount code may be typed")
        return self.codes.data == YES

    def _after_url(self) -> str:
        url = (self.after_url.data or "").strip()
        if self.after.data not in (None, THANKS, MESSAGE, ELSEWHERE):
            raise Invalid("after", "Choose what comes after the payment")
        if self.after.data == ELSEWHERE and not url:
            raise Invalid("after_url", "Enter an address that starts with https://")
        return url if self.after.data == ELSEWHERE else ""

    def _metadata(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for key, value in self.metadata.data:
            if not key:
                raise Invalid("metadata", "Enter a key for each value")
            if not value:
                raise Invalid("metadata", f"Enter a value for {key[:40]}")
            if key in found:
                raise Invalid("metadata", f"{key[:40]} stands here twice")
            found[key] = value
        return found


def _is_known(name: str) -> bool:
    return name in LONGEST or (name.startswith((AMOUNT, CUSTOM)) and len(name) <= len(CUSTOM) + 60)
