"""What stands under *More* in the Link dialog: its fields, and how they become terms."""

from collections.abc import Mapping
from typing import Any

from wtforms import BooleanField, Field, HiddenField, StringField

from sales_portal.core import money
from sales_portal.core.errors import Invalid
from sales_portal.desk.forms.builder import whole
from sales_portal.desk.forms.places import PlacesField
from sales_portal.desk.forms.staff_form import StaffForm
from sales_portal.links.prefill import AMOUNT, CUSTOM, LONGEST, WHOLE_ADDRESS
from sales_portal.links.terms import MAX_METADATA
from sales_portal.pricing import special
from sales_portal.selections.models import Selection
from sales_portal.sites import methods
from sales_portal.sites.models import Site
from sales_portal.web import formatting

PREFIX = "prefill-"
LOCKABLE = ("email", "name", "phone", "company", WHOLE_ADDRESS)
THANKS, MESSAGE, ELSEWHERE = "thanks", "message", "url"
WHOLE, AMOUNT_OF, PERCENT_OF = "none", "amount", "percent"
USUAL, YES, NO = "usual", "yes", "no"
SIGNS = ("+", "-", "\u2212")
MOST_FIELDS = 100


class PrefillField(Field):
    """Every field of the form whose name begins with `prefill-`, by the rest of the name."""

    data: dict[str, str]

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read what was sent, or take `data` where nothing was."""
        self.data = dict(data) if isinstance(data, Mapping) else {}
        if formdata:
            names = [name for name in list(formdata)[:10 * MOST_FIELDS] if _is_known(name.removeprefix(PREFIX))]
            self.data = {name.removeprefix(PREFIX): formdata.get(name, "") for name in names[:MOST_FIELDS]
                         if name.startswith(PREFIX)}


class LocksField(Field):
    """The names of what the customer can't change."""

    data: list[str]

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read what was sent, or take `data` where nothing was."""
        self.data = list(data) if isinstance(data, list) else []
        if formdata:
            sent = dict.fromkeys(formdata.getlist("lock")[:MOST_FIELDS])
            self.data = [name for name in sent if name in LOCKABLE or name.startswith((AMOUNT, CUSTOM))]


class PairsField(Field):
    """Rows of a key and a value; rows left empty are no rows, and stand among the `rows` as they were sent."""

    data: list[tuple[str, str]]
    rows: list[tuple[str, str]]

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read what was sent, or take `data` where nothing was."""
        self.data = self.rows = [(str(key), str(value)) for key, value in data] if data else []
        if formdata:
            sent = zip(formdata.getlist("metadata_key"), formdata.getlist("metadata_value"), strict=False)
            self.rows = [(key.strip(), value.strip()) for key, value in sent]
            self.data = [pair for pair in self.rows if any(pair)][:MAX_METADATA + 1]


class MoreForm(StaffForm):
    """The part of the dialog that most links leave as it is; a choice that was not sent is the usual one."""

    more = HiddenField()
    discount = StringField()
    codes = StringField()
    preselected = StringField()
    skips_landing = BooleanField()
    prefill = PrefillField()
    locks = LocksField()
    only_email_may_pay = BooleanField()
    crm_account_id = StringField()
    crm_contact_id = StringField()
    metadata = PairsField()
    after = StringField()
    after_message = StringField()
    after_url = StringField()
    price_mode = StringField()
    language = StringField()
    places = PlacesField()
    deposit = StringField()
    deposit_amount = StringField()
    deposit_percent = StringField()

    def more_terms(self, changes: str, policy: str, selection: Selection) -> dict[str, Any]:
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
            "language": (self.language.data or "").strip(), "payment_methods": self.ways_to_pay(selection.site),
            **self._deposit(selection.currency)}

    def ways_to_pay(self, site: Site) -> tuple[str, ...]:
        """What a link offers of the ways to pay of `site`, in its own order; none where it leaves all as it is."""
        chosen = methods.in_their_places(self.places.data, site.ways_to_pay, "payment_methods")
        if self.places.data and not chosen:
            raise Invalid("payment_methods", "Offer at least one way to pay")
        return () if chosen == site.ways_to_pay else chosen

    def _deposit(self, currency: str) -> dict[str, int]:
        if self.deposit.data not in (None, WHOLE, AMOUNT_OF, PERCENT_OF):
            raise Invalid("deposit", "Choose how much is paid first")
        if self.deposit.data == AMOUNT_OF:
            typed = money.parse(self.deposit_amount.data or "", currency, formatting.locale(), "deposit_amount")
            return {"deposit_amount": typed.minor}
        if self.deposit.data == PERCENT_OF:
            share = (self.deposit_percent.data or "").strip()
            if share.startswith(SIGNS):
                raise Invalid("deposit_percent", "Enter the percentage without a sign")
            return {"deposit_percent": special.parse_percent(share, formatting.locale(), "deposit_percent")}
        return {}

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
