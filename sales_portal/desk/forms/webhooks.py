"""The form of a webhook; what may stand in it is `messaging.receivers`' and `messaging.endpoints`' to say."""

from wtforms import SelectField, StringField

from sales_portal.desk.forms.sites import TicksField
from sales_portal.desk.forms.staff_form import StaffForm
from sales_portal.messaging.webhook_models import Endpoint

EVERY_SITE = ""


class WebhookForm(StaffForm):
    """Where to send, of which site, and what."""

    url = StringField()
    site = SelectField(validate_choice=False)
    events = TicksField()

    @classmethod
    def of(cls, endpoint: Endpoint) -> "WebhookForm":
        """The form with what stands now. Needs the site."""
        site = endpoint.site.slug if endpoint.site is not None else EVERY_SITE
        return cls(formdata=None, data={"url": endpoint.url, "site": site, "events": endpoint.events})
