"""A pasted list as text, and its rows once they stand in fields of their own."""

from wtforms import StringField, TextAreaField

from sales_portal.desk.forms.builder import Act
from sales_portal.selections import pasting
from sales_portal.selections.pasting import Typed


class PasteForm(Act):
    """Either `text`, or a `code` and a `quantity` for each row."""

    text = TextAreaField()
    code = StringField()
    quantity = StringField()
    do = StringField()

    @property
    def rows(self) -> list[Typed]:
        """The rows that hold anything; refuses more than a list may have."""
        if not self.was_sent(self.code):
            return pasting.read(self.text.data or "")
        codes, quantities = self.code.raw_data or [], self.quantity.raw_data or []
        pairs = zip(codes, quantities, strict=False)
        return [Typed(code.strip(), quantity.strip()) for code, quantity in pairs if code.strip()][:pasting.MOST_ROWS]
