"""The forms of a site's settings; what may stand in them is `sites.settings`' to say."""

from typing import Any

from wtforms import BooleanField, Field, HiddenField, StringField, TextAreaField

from sales_portal.desk.forms import places
from sales_portal.desk.forms.link_more import PairsField
from sales_portal.desk.forms.places import PlacesField
from sales_portal.desk.forms.staff_form import StaffForm
from sales_portal.sites.models import Site
from sales_portal.sites.settings import MOST_LINKS

BLANK_ROWS = 2
OWN, ELSEWHERE = "own", "external"
ANONYMOUS, REQUIRED = "anonymous", "required"


class LinksField(Field):
    """Rows of a label and an address, as they were sent."""

    data: list[tuple[str, str]]

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read what was sent, or take `data` where nothing was."""
        self.data = [(str(label), str(url)) for label, url in data or ()]
        if formdata:
            sent = zip(formdata.getlist("footer_label"), formdata.getlist("footer_url"), strict=False)
            self.data = list(sent)[:MOST_LINKS + 1]

    @property
    def rows(self) -> list[tuple[str, str]]:
        """The rows to show: those there are, and empty ones to go on."""
        kept = [row for row in self.data if any(row)]
        return (kept + [("", "")] * BLANK_ROWS)[:max(MOST_LINKS, len(kept))]


class TicksField(Field):
    """The values of the boxes that were ticked."""

    data: list[str]

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read what was sent, or take `data` where nothing was."""
        self.data = formdata.getlist(self.name) if formdata else list(data or ())


class SiteForm(StaffForm):
    """A part of a site's settings; each field is named as the site's own."""

    def values(self) -> dict[str, Any]:
        """What was typed, by field."""
        return {field.name: field.data for field in self}

    @classmethod
    def of(cls, site: Site) -> "SiteForm":
        """The form as the site stands."""
        form = cls(formdata=None)
        return cls(formdata=None, data={field.name: getattr(site, field.name, None) for field in form})


class BusinessForm(SiteForm):
    """Who sells."""

    name = StringField()
    legal_name = StringField()
    postal_address = TextAreaField()
    country = StringField()
    email = StringField()
    phone = StringField()
    answers_within_hours = StringField()
    footer_links = LinksField()


class LookForm(SiteForm):
    """Colour, corners, font, head and languages; logos and font are files and read from the request."""

    brand_color = StringField()
    corners = StringField()
    font = StringField()
    tints_header = BooleanField()
    languages = TicksField()

    @classmethod
    def of(cls, site: Site) -> "LookForm":
        """The form as the site stands."""
        return cls(formdata=None, data={"brand_color": site.brand_color, "corners": site.corners,
                                        "font": site.font, "tints_header": site.tints_header,
                                        "languages": site.spoken})


class TextsForm(SiteForm):
    """The legal texts in one language."""

    language = HiddenField()
    terms = TextAreaField()
    privacy = TextAreaField()
    returns = TextAreaField()
    returns_url = StringField()


class LinkDefaultsForm(SiteForm):
    """What a new link starts with, and how far one may go."""

    link_policy = StringField()
    link_days = StringField()
    max_link_days = StringField()
    allows_endless_links = BooleanField()
    links_may_wait = BooleanField()
    reminds_days_before = StringField()
    sends_recovery_mail = BooleanField()
    is_in_maintenance = BooleanField()
    asks_for = TicksField()
    tax_on_shipping = StringField()
    waives_included_tax = BooleanField()
    crm = StringField()
    link_metadata = PairsField()

    @classmethod
    def of(cls, site: Site) -> "LinkDefaultsForm":
        """The form as the site stands; metadata as rows."""
        form = cls(formdata=None)
        values = {field.name: getattr(site, field.name) for field in form}
        return cls(formdata=None, data=values | {"link_metadata": site.link_metadata.items()})


class StorefrontForm(StaffForm):
    """Who claims the links: the portal's own pages, or an external storefront at an address."""

    pages = StringField()
    content = StringField()


class PaymentForm(SiteForm):
    """The ways to pay in their order, and what invoices say."""

    places = PlacesField()
    invoice_days = StringField()
    bank_details = TextAreaField()

    @classmethod
    def of(cls, site: Site) -> "PaymentForm":
        """The form as the site stands."""
        return cls(formdata=None, data={"places": places.of(site.ways_to_pay), "invoice_days": site.invoice_days,
                                        "bank_details": site.bank_details})


class RefundsForm(SiteForm):
    """Above how much a refund needs a second person, one currency a line."""

    refund_limits = TextAreaField()


class SignInForm(StaffForm):
    """Whether customers sign in; `confirmed` holds the ids of the links that were named as breaking."""

    sign_in = StringField()
    confirmed = StringField()
