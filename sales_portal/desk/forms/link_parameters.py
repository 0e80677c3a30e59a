"""What an agent puts behind the address of a link: read from the address of the page itself, and checked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sales_portal.catalog.models import CustomField
from sales_portal.core.errors import Invalid
from sales_portal.core.money import Money, parse
from sales_portal.customers import service as customers
from sales_portal.links import parameters, prefill
from sales_portal.links.models import CheckoutLink, CheckoutLinkLine

TEXTS = {parameters.NAME: prefill.LONGEST["name"], parameters.CODE: parameters.LONGEST_CODE,
         parameters.REFERENCE: prefill.LONGEST_ANSWER}


@dataclass(frozen=True, slots=True)
class Open:
    """What a link leaves open: the fields its page offers. `named` is the product whose price the customer names."""

    takes_email: bool
    takes_name: bool
    takes_code: bool
    named: CheckoutLinkLine | None
    products: Sequence[CheckoutLinkLine]
    questions: Sequence[CustomField]

    @property
    def fields(self) -> list[str]:
        """The names of the fields, in the order of the page."""
        offered = ((parameters.EMAIL, self.takes_email), (parameters.NAME, self.takes_name),
                   (parameters.PRODUCT, bool(self.products)), (parameters.AMOUNT, self.named is not None),
                   (parameters.CODE, self.takes_code))
        return [*(name for name, is_offered in offered if is_offered), parameters.REFERENCE,
                *(parameters.ANSWER + question.slug for question in self.questions)]


@dataclass(slots=True)
class Typed:
    """What was typed by field, what is wrong with it, and what of it goes into the address."""

    texts: dict[str, str]
    values: dict[str, str] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)


def open_in(link: CheckoutLink, questions: Sequence[CustomField]) -> Open:
    """What `link` (lines loaded) leaves to its customers."""
    locks = link.prefill_locks
    named = next((line for line in link.lines if line.minimum_amount is not None and not line.is_special_price
                  and f"{prefill.AMOUNT}{line.line_no}" not in locks), None)
    return Open(
        takes_email="email" not in locks and not link.only_email_may_pay, takes_name="name" not in locks,
        takes_code=link.allows_discount_codes, named=named,
        products=link.lines if link.changes == "pick_one" else (),
        questions=[question for question in questions if prefill.CUSTOM + question.slug not in locks])


def read(sent: Mapping[str, str], offered: Open, currency: str, locale: str) -> Typed:
    """The fields of the page as sent. What is empty is left out, what is wrong is named."""
    typed = Typed({name: sent.get(name, "").strip() for name in offered.fields})
    for name in (name for name, text in typed.texts.items() if text):
        try:
            typed.values[name] = _checked(name, typed.texts[name], offered, currency, locale)
        except Invalid as no:
            typed.problems[name] = no.text
    return typed


def _checked(name: str, text: str, offered: Open, currency: str, locale: str) -> str:
    if name == parameters.EMAIL:
        return customers.clean_email(text)
    if name == parameters.PRODUCT and text not in {str(line.product_id) for line in offered.products}:
        raise Invalid(name, "Choose one of the products")
    if name == parameters.AMOUNT and offered.named is not None:
        amount, least = parse(text, currency, locale, name), Money(offered.named.minimum_amount or 0, currency)
        if amount < least:
            raise Invalid(name, f"Enter at least {least.format_amount(locale)}")
        return str(amount.minor)
    return customers.one_line(name, text, TEXTS.get(name, prefill.LONGEST_ANSWER))
