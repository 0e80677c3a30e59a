"""What the price of a line takes; how it is read is `desk.line_prices`' own."""

from typing import Any

from wtforms import StringField

from sales_portal.desk.forms.builder import Act


class PriceForm(Act):
    """A new price or a percentage, beside what the fields held when they were shown, and why."""

    amount = StringField()
    percent = StringField()
    applies = StringField()
    shown_amount = StringField()
    shown_percent = StringField()
    shown_applies = StringField()
    reason = StringField()
    reason_text = StringField()

    @property
    def is_whole_line(self) -> bool:
        """Whether the amount is that of all pieces together."""
        return self.applies.data == "line"

    @property
    def is_amount_of_all(self) -> bool:
        """Whether the amount in its field is meant so: one that was only shown keeps what it was shown as."""
        return self.is_whole_line if self.has_new_amount else (self.shown_applies.data or self.applies.data) == "line"

    @property
    def has_new_amount(self) -> bool:
        """Whether the amount was changed by hand."""
        return _is_changed(self.amount, self.shown_amount)

    @property
    def has_new_percent(self) -> bool:
        """Whether the percentage was changed by hand, and not just emptied beside a new amount."""
        return _is_changed(self.percent, self.shown_percent) and not (self.has_new_amount and not _text(self.percent))

    @property
    def why(self) -> str:
        """The reason in the agent's own words, or the chosen one."""
        return _text(self.reason_text) or _text(self.reason)


def _is_changed(field: Any, shown: Any) -> bool:
    return _text(field) != _text(shown)


def _text(field: Any) -> str:
    return " ".join((field.data or "").split())
