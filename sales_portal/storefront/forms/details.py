"""Who buys and where it goes."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from babel.lists import format_list
from email_validator import EmailNotValidError, validate_email
from wtforms import Form, StringField, ValidationError
from wtforms.validators import StopValidation

from sales_portal.catalog import questions
from sales_portal.catalog.models import CustomField
from sales_portal.checkout.learners import Seats
from sales_portal.checkout.line_fields import AskedUnit
from sales_portal.core import translation
from sales_portal.core.errors import Invalid
from sales_portal.core.translation import N_, _
from sales_portal.pricing import tax
from sales_portal.selections.agreeing import LONGEST_NAME, Learner
from sales_portal.selections.checks import country_name
from sales_portal.storefront.forms import address
from sales_portal.storefront.forms.learners import SeatGroup
from sales_portal.storefront.forms.texts import one_line

LONGEST_EMAIL = 254
CUSTOM = "custom-"
_LONG_ADDRESS = N_("Enter an address with at most {count} characters")


def _text(longest: int, too_long: str, missing: str = "") -> StringField:
    """A field whose mistakes are marked texts, translated when they are made; `too_long` says `{count}`."""
    def check(_form: Form, field: StringField) -> None:
        if missing and not field.data:
            raise StopValidation(_(missing))
        if len(field.data or "") > longest:
            raise ValidationError(_(too_long, count=longest))
    return StringField(filters=[one_line], validators=[check])


class DetailsForm(Form):
    """The details step. With `countries` empty nothing is shipped and no address is asked for.

    `questions` are asked once and `units` hold those asked of each unit of a line; `asked` has all of them by the
    field's name.
    """

    email = _text(LONGEST_EMAIL, N_("Enter an e-mail address with at most {count} characters"),
                  N_("Enter your e-mail address"))
    name = _text(200, N_("Enter a name with at most {count} characters"), N_("Enter your full name"))
    country = StringField(filters=[one_line])
    street = _text(200, _LONG_ADDRESS)
    street_2 = _text(200, _LONG_ADDRESS)
    postcode = _text(address.LONGEST_POSTCODE, N_("Enter a postcode with at most {count} characters"))
    city = _text(120, N_("Enter a town with at most {count} characters"))
    region = _text(120, N_("Enter a region with at most {count} characters"))
    company = _text(200, N_("Enter a company with at most {count} characters"))
    vat_number = _text(40, N_("Enter a VAT number with at most {count} characters"))

    countries: Sequence[str] = ()
    questions: Sequence[CustomField] = ()
    units: Sequence[AskedUnit] = ()
    asked: Mapping[str, CustomField] = MappingProxyType({})
    seats: Sequence[Seats] = ()
    groups: Sequence[SeatGroup] = ()

    @property
    def buyer(self) -> Learner:
        """Who fills this in, as somebody who takes a seat."""
        return Learner((self.name.data or "")[:LONGEST_NAME], self.email.data or "")

    @property
    def ships(self) -> bool:
        """Whether there is anything to deliver."""
        return bool(self.countries)

    def validate_email(self, field: StringField) -> None:
        """An address mail can be sent to, as far as its form tells."""
        try:
            # Cut, since the check takes seconds for megabytes; what is cut is still too long to pass.
            field.data = validate_email((field.data or "")[:LONGEST_EMAIL + 1], check_deliverability=False).normalized
        except EmailNotValidError:
            raise ValidationError(_("Enter an e-mail address like name@example.com")) from None

    def validate_vat_number(self, field: StringField) -> None:
        """A number of the European Union as it is written there; those of other places are taken as they are."""
        field.data = tax.clean_vat_number(field.data or "", self.country.data or "")
        if tax.is_mistyped(field.data):
            raise ValidationError(
                _("{number} is not a VAT number. Check its digits, or leave it empty", number=field.data))

    def validate_country(self, field: StringField) -> None:
        """One of the countries this offer is delivered to."""
        if self.ships and field.data not in self.countries:
            raise ValidationError(self.no_delivery_to(field.data) if field.data else _("Choose the country"))

    def no_delivery_to(self, country: str) -> str:
        """That nothing goes to `country`, and where things go."""
        reached = [name for code, name in address.by_name(self.countries)]
        return _("We can't deliver to {country} with this offer. We deliver to {countries}.",
                 country=country_name(country), countries=format_list(reached, locale=translation.language()))

    def validate_street(self, field: StringField) -> None:
        """Present wherever something is delivered."""
        self._require(field, "street", N_("Enter the street and number"))

    def validate_postcode(self, field: StringField) -> None:
        """A postcode of the country, in any spacing and case."""
        self._require(field, "postcode", N_("Enter the postcode"))
        if not (self._asks("postcode") and field.data):
            return
        country = self.country.data or ""
        code = address.read_postcode(country, field.data)
        if code is None:
            raise ValidationError(_("{postcode} is not a postcode in {country}", postcode=field.data,
                                    country=country_name(country)))
        field.data = code

    def validate_city(self, field: StringField) -> None:
        """Present where the country's addresses name a town."""
        self._require(field, "city", N_("Enter the town or city"))

    def validate_region(self, field: StringField) -> None:
        """Present and known where the country's addresses name a region."""
        found = self._line("region")
        if found is None:
            return
        is_unknown = found.choices and field.data and field.data not in dict(found.choices)
        if is_unknown or (found.is_required and not field.data):
            raise ValidationError(_(found.asking))

    def address_values(self) -> dict[str, str]:
        """The address as typed, with lines the country does not have left empty."""
        if not self.ships:
            return {}
        typed = {name: self[name].data or "" if self._asks(name) else "" for name in ("postcode", "city", "region")}
        return typed | {"country": self.country.data or "", "street": self.street.data or "",
                        "street_2": self.street_2.data or ""}

    def answers(self) -> dict[str, str]:
        """The answers to custom fields by slug."""
        return {question.slug: self[CUSTOM + question.slug].data or "" for question in self.questions}

    def line_answers(self) -> dict[int, dict[int, dict[str, str]]]:
        """The answers to the custom fields of each line, by its number, unit and slug."""
        found: dict[int, dict[int, dict[str, str]]] = {}
        for one in self.units:
            found.setdefault(one.line_no, {})[one.unit] = {
                question.slug: self[name_of(one, question)].data or "" for question in one.open}
        return found

    def title_of(self, name: str) -> str:
        """What a field asks about where that is one unit of a line; empty for one that asks about all of it."""
        return next((one.title for one in self.units if any(name == name_of(one, asked) for asked in one.open)), "")

    def _line(self, name: str) -> address.AddressField | None:
        if not self.ships or self.country.data not in self.countries:
            return None
        return next((line for line in address.fields_of(self.country.data or "") if line.name == name), None)

    def _asks(self, name: str) -> bool:
        return self._line(name) is not None

    def _require(self, field: StringField, name: str, message: str) -> None:
        line = self._line(name)
        if line is not None and line.is_required and not field.data:
            raise ValidationError(_(message))


def name_of(unit: AskedUnit, question: CustomField) -> str:
    """The name of the field that asks `question` of one unit of a line."""
    return f"line-{unit.line_no}-{unit.unit}-{question.slug}"


def details_form(questions_asked: Sequence[CustomField], countries: Sequence[str], typed: Mapping[str, Any] | None,
                 known: Mapping[str, Any], units: Sequence[AskedUnit] = ()) -> DetailsForm:
    """The form with the house's own questions in it: `typed` is what was posted, `known` what is on record."""
    asked = {CUSTOM + question.slug: question for question in questions_asked}
    of_units = [(name_of(unit, question), unit, question) for unit in units for question in unit.open]
    asked |= {name: question for name, _unit, question in of_units}
    known = {**known, **{name: unit.known.get(question.slug, "") for name, unit, question in of_units}}
    form: DetailsForm = _form_with(tuple(asked))(typed, data=known)
    form.countries, form.questions, form.units, form.asked = tuple(countries), tuple(questions_asked), units, asked
    return form


@lru_cache(maxsize=16)
def _form_with(asked: tuple[str, ...]) -> Any:
    """The form with these questions, kept: to make a form's class takes longer than to fill one in."""
    return type("DetailsFormHere", (DetailsForm,), {name: _answer() for name in asked})


def _answer() -> StringField:
    return StringField(filters=[one_line], validators=[_check_answer])


def _check_answer(form: DetailsForm, field: StringField) -> None:
    try:
        field.data = questions.read_answer(form.asked[field.name], field.data or "")
    except Invalid as no:
        raise ValidationError(no.text) from None
