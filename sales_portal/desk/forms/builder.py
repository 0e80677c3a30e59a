"""What the acts of the builder take. Rules about quantities and notes are the selection's own."""

from typing import Any

from wtforms import BooleanField, Field, StringField, TextAreaField
from wtforms.widgets import HiddenInput

from sales_portal.customers.queries import is_phone
from sales_portal.desk.forms.staff_form import StaffForm

LONGEST_ID = 18


def whole(text: Any) -> int | None:
    """A typed id or version; None where it is no such number."""
    digits = str(text or "").strip()
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= LONGEST_ID else None


class WholeField(Field):
    """A hidden whole number; None where it is missing or no number."""

    widget = HiddenInput()
    data: int | None

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was sent."""
        self.data = whole(valuelist[0]) if valuelist else None


class Act(StaffForm):
    """Every act says which version of the selection its page showed."""

    version = WholeField()

    def was_sent(self, field: Field) -> bool:
        """Whether the form held `field` at all, whatever was typed."""
        return bool(field.raw_data)


class LineForm(Act):
    """A product to add: chosen from the list, or typed as in `3*TSH-0042`."""

    q = StringField()
    variant = WholeField()


class WayOutForm(LineForm):
    """A product that cannot simply be added, and the warehouse it is taken from instead."""

    warehouse = WholeField()


class StartForm(LineForm):
    """The first product of a new selection, and whom it is for; both may be missing."""

    customer = StringField()


class QuantityForm(Act):
    """A line's new quantity, as typed; for a line that was removed it `restores` that first."""

    quantity = StringField()
    restores = BooleanField()


class KeptForm(Act):
    """Whether a line that is sold out is kept for later."""

    is_kept = BooleanField()


class NotesForm(Act):
    """The two notes; `is_choice` where they were chosen between what two people wrote."""

    customer_note = TextAreaField()
    internal_note = TextAreaField()
    is_choice = BooleanField()


class MarketForm(Act):
    """Where to sell and at which prices. `q` is the product the switch is for, as it was typed into the search."""

    q = StringField()
    market = WholeField()
    pricelist = WholeField()
    missing = StringField()
    specials = StringField()


class ChargesForm(Act):
    """What is not charged, and why."""

    ignores_shipping = BooleanField()
    ignores_tax = BooleanField()
    ignores_tax_reason = StringField()


class CustomerForm(Act):
    """Whom it is for: one that is chosen, one that is typed, or nobody in particular."""

    q = StringField()
    customer = StringField()
    email = StringField()
    name = StringField()
    phone = StringField()
    company = StringField()
    is_second_anyway = BooleanField()

    def take_over(self) -> None:
        """Put what was typed into the search where it belongs: an e-mail, a phone number, else a name."""
        text = (self.q.data or "").strip()
        field = self.email if "@" in text else self.phone if is_phone(text) else self.name
        field.data = text
