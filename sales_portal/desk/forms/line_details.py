"""What is said of one line: notes, learners, custom fields, warehouse; and of a line no product stands behind."""

from typing import Any

from wtforms import BooleanField, Field, StringField, TextAreaField

from sales_portal.desk.forms.builder import Act, WholeField, whole
from sales_portal.selections.agreeing import ANSWER, Details, Learner, read_learners

MOST_ANSWERS = 500


class AnswersField(Field):
    """Every field of the form that is named as `answer_2_engraving`, by unit and by the rest of the name."""

    data: dict[int, dict[str, str]]

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read what was sent."""
        self.data = {}
        for name in [name for name in formdata or () if name.startswith(ANSWER)][:MOST_ANSWERS]:
            unit, sign, slug = name.removeprefix(ANSWER).partition("_")
            if sign and (number := whole(unit)) is not None:
                self.data.setdefault(number, {})[slug] = formdata.get(name, "")


class DetailsForm(Act):
    """Learners are two lists of fields of one name each, in the order of the seats; a large group is one list."""

    customer_note = TextAreaField()
    internal_note = TextAreaField()
    learner_name = StringField()
    learner_email = StringField()
    learner_list = TextAreaField()
    answers = AnswersField()
    warehouse = WholeField()

    @property
    def learners(self) -> tuple[Learner, ...]:
        """A name and an e-mail for each seat, as typed."""
        if self.was_sent(self.learner_list):
            return read_learners(self.learner_list.data or "")
        names, emails = self.learner_name.raw_data or (), self.learner_email.raw_data or ()
        return tuple(Learner(name, email) for name, email in zip(names, emails, strict=False))

    @property
    def details(self) -> Details:
        """All of it as the selection takes it."""
        return Details(self.customer_note.data or "", self.internal_note.data or "", self.learners,
                       self.warehouse.data, self.answers.data)


class AdHocForm(Act):
    """What it is, what one costs, and how it is taxed and shipped."""

    title = StringField()
    amount = StringField()
    quantity = StringField()
    tax_class = StringField()
    ships = BooleanField()
