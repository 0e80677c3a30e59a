"""What is typed about a customer's contact, account and address."""

from wtforms import StringField

from sales_portal.customers.details import Details
from sales_portal.desk.forms.staff_form import StaffForm


class CustomerDetailsForm(StaffForm):
    """Contact, account, CRM ids and default address."""

    email = StringField()
    phone = StringField()
    name = StringField()
    company = StringField()
    account = StringField()
    crm_account_id = StringField()
    vat_number = StringField()
    crm_contact_id = StringField()
    street = StringField()
    street_2 = StringField()
    postcode = StringField()
    city = StringField()
    region = StringField()
    country = StringField()

    @property
    def details(self) -> Details:
        """All of it on single lines."""
        return Details(**{field.name: " ".join((field.data or "").split()) for field in self
                          if field.name in Details.__dataclass_fields__})
