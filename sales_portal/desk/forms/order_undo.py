"""The forms that undo an order: how much goes back and why, and why it ends."""

from flask import request
from wtforms import HiddenField, StringField, TextAreaField

from sales_portal.core import money
from sales_portal.core.errors import Invalid
from sales_portal.desk.forms.staff_form import StaffForm
from sales_portal.orders.models import Order
from sales_portal.orders.refunding import Wish
from sales_portal.web import formatting

PIECES = "pieces-"
MOST_DIGITS = 15


class RefundForm(StaffForm):
    """What goes back; `left` is what the page said could. How many pieces of a line is in `pieces-<line number>`."""

    amount = StringField()
    left = HiddenField()
    reason = StringField()
    note = TextAreaField()

    def wish(self, order: Order) -> Wish:
        """What was typed; refuses with `Invalid` what is no number."""
        amount = money.parse(self.amount.data or "", order.currency, formatting.locale())
        return Wish(amount.minor, _number(self.left.data or ""), self.reason.data or "", self.note.data or "",
                    self._items(order))

    def typed_pieces(self, line_no: int) -> str:
        """What stands in a line's field."""
        return request.form.get(f"{PIECES}{line_no}", "")

    def _items(self, order: Order) -> dict[int, int]:
        typed = {line.line_no: self.typed_pieces(line.line_no).strip() for line in order.lines if line.kind == "item"}
        for line_no, text in typed.items():
            if text and _number(text) < 0:
                raise Invalid(f"{PIECES}{line_no}", "Enter a whole number, or leave it empty")
        return {line_no: _number(text) for line_no, text in typed.items() if text and _number(text)}


class CancellationForm(StaffForm):
    """Why an order ends."""

    reason = StringField()
    note = TextAreaField()


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS else -1
