"""What is said of one line: notes, learners, warehouse; and of a line that no product stands behind."""

from wtforms import BooleanField, StringField, TextAreaField

from sales_portal.desk.forms.builder import Act, WholeField
from sales_portal.selections.agreeing import Details, Learner, read_learners


class DetailsForm(Act):
    """Learners are two lists of fields of one name each, in the order of the seats; a large group is one list."""

    customer_note = TextAreaField()
    internal_note = TextAreaField()
    learner_name = StringField()
    learner_email = StringField()
    learner_list = TextAreaField()
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
                       self.warehouse.data)


class AdHocForm(Act):
    """What it is, what one costs, and how it is taxed and shipped."""

    title = StringField()
    amount = StringField()
    quantity = StringField()
    tax_class = StringField()
    ships = BooleanField()
