"""What an agent decides in the Link dialog, its defaults, and the rules it must keep."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sales_portal.core import translation
from sales_portal.core.errors import Invalid
from sales_portal.core.money import LARGEST, Money
from sales_portal.customers import crm
from sales_portal.links import afterwards
from sales_portal.links import prefill as prefills
from sales_portal.selections.basket import Basket
from sales_portal.selections.models import MAX_QUANTITY
from sales_portal.sites.models import Site

CHANGES = ("nothing", "more", "pick_one")
POLICIES = ("single", "first_closes", "reusable")
PRICE_MODES = ("frozen", "current")
LONGEST_LANGUAGE = 12
MAX_METADATA = 50
MAX_KEY, MAX_VALUE = 40, 500


@dataclass(frozen=True, slots=True)
class LinkTerms:
    """The rules of one link. Instants are UTC; `expires_at` None means no end.

    `preselected_line` counts the lines from 1. `prefill` and `prefill_locks` name fields as `links.prefill` does.
    Where it `lets_go_without` the customer may leave out what has sold out.
    `discount_id` is given beyond the discounts of the selection.
    `payment_methods` are those of its site that it offers, in their order; none named: as its site.
    `deposit_amount` (minor units) or `deposit_percent` (thousandths) is what is paid first; neither: all at once.
    `price_mode` `current` charges the pricelist's price of the moment a customer goes on, special prices excepted.
    """

    changes: str = "nothing"
    may_change_quantities: bool = False
    may_add_products: bool = False
    max_per_line: int | None = None
    lets_go_without: bool = False
    ignores_shipping: bool = False
    ignores_tax: bool = False
    ignores_tax_reason: str = ""
    policy: str = "single"
    max_orders: int | None = None
    starts_at: datetime | None = None
    expires_at: datetime | None = None
    label: str = ""
    discount_id: int | None = None
    allows_discount_codes: bool = False
    skips_landing: bool = False
    preselected_line: int | None = None
    prefill: Mapping[str, str] = field(default_factory=dict)
    prefill_locks: tuple[str, ...] = ()
    only_email_may_pay: bool = False
    price_mode: str = "frozen"
    language: str = ""
    payment_methods: tuple[str, ...] = ()
    deposit_amount: int | None = None
    deposit_percent: int | None = None
    crm_account_id: str = ""
    crm_contact_id: str = ""
    after_message: str = ""
    after_url: str = ""
    metadata: Mapping[str, object] = field(default_factory=dict)


def default_terms(basket: Basket, at: datetime) -> LinkTerms:
    """The terms a dialog starts with: locked, once, as long as the site says, named after customer and product."""
    selection = basket.selection
    customer = selection.customer
    named = customer.display_name if customer is not None else "Anyone"
    first = basket.rows[0].title if basket.rows else "nothing yet"
    prefill = {} if customer is None else {
        "email": customer.email, "name": customer.name, "phone": customer.phone or "", "company": customer.company}
    return LinkTerms(
        policy=selection.site.link_policy, ignores_shipping=selection.ignores_shipping,
        ignores_tax=selection.ignores_tax, ignores_tax_reason=selection.ignores_tax_reason,
        expires_at=at + timedelta(days=selection.site.link_days), label=f"{named} – {first}"[:200],
        prefill={key: value for key, value in prefill.items() if value}, metadata=dict(selection.site.link_metadata))


def check_terms(basket: Basket, terms: LinkTerms, at: datetime) -> None:
    """Refuse terms that contradict themselves, the basket or the site; names the field and the fix."""
    _check_changes(basket, terms)
    _check_uses(terms)
    _check_dates(terms, basket.selection.site, at)
    if terms.ignores_tax and not terms.ignores_tax_reason.strip():
        raise Invalid("ignores_tax_reason", "Give a reason for not charging tax")
    if len(terms.label) > 200:
        raise Invalid("label", "Enter a name with at most 200 characters")
    _check_amounts(basket, terms)
    prefills.clean(terms.prefill)
    prefills.check_locks(terms.prefill, terms.prefill_locks, only_email_may_pay=terms.only_email_may_pay)
    afterwards.check(terms.after_message, terms.after_url)
    _check_prices(terms)
    _check_payment(terms, basket.selection.site)
    _check_ids(terms, basket.selection.site)
    _check_metadata(terms.metadata)


def _check_changes(basket: Basket, terms: LinkTerms) -> None:
    if terms.changes not in CHANGES:
        raise Invalid("changes", "Choose what the customer can change")
    if terms.changes == "pick_one" and len(basket.rows) < 2:
        raise Invalid("changes", "Add a second product, so that there is something to pick from")
    if terms.preselected_line is not None and not (
            terms.changes == "pick_one" and 1 <= terms.preselected_line <= len(basket.rows)):
        raise Invalid("preselected", "Choose one of the products")
    if terms.changes == "more" and not (terms.may_change_quantities or terms.may_add_products):
        raise Invalid("changes", "Choose what may be changed: quantities, products, or nothing at all")
    if terms.max_per_line is not None and not 1 <= terms.max_per_line <= MAX_QUANTITY:
        raise Invalid("max_per_line", f"Enter a quantity from 1 to {MAX_QUANTITY}")
    if terms.max_per_line is not None and any(row.quantity > terms.max_per_line for row in basket.rows):
        raise Invalid("max_per_line", "The most per line must be at least what the selection holds")


def _check_amounts(basket: Basket, terms: LinkTerms) -> None:
    for number, row in enumerate(basket.rows, 1):
        name = f"{prefills.AMOUNT}{number}"
        if row.is_pay_what_you_want and name in terms.prefill:
            typed, least = terms.prefill[name], row.minimum_amount or 0
            if not (typed.isascii() and typed.isdecimal() and least <= int(typed[:20]) <= LARGEST):
                locale = basket.selection.site.locale.replace("-", "_")
                shown = Money(least, basket.selection.currency).format_amount(locale)
                raise Invalid(prefills.field_of(name), f"Enter at least {shown}")


def _check_uses(terms: LinkTerms) -> None:
    if terms.policy not in POLICIES:
        raise Invalid("policy", "Choose how often the link can be paid")
    if terms.max_orders is not None and not (terms.policy == "reusable" and 1 <= terms.max_orders <= 1_000_000):
        raise Invalid("max_orders", "Enter how many times it can be paid: a whole number from 1 to 1000000")
    if terms.skips_landing and terms.policy != "reusable":
        raise Invalid("skips_landing", "Only a link that can be paid any number of times may skip its first page")


def _check_dates(terms: LinkTerms, site: Site, at: datetime) -> None:
    if terms.expires_at is None:
        if not site.allows_endless_links:
            raise Invalid("expires_at", "Choose an end: this site has no links without one")
        return
    if terms.expires_at <= at:
        raise Invalid("expires_at", "The end must be in the future")
    if terms.starts_at is not None and terms.expires_at <= terms.starts_at:
        raise Invalid("expires_at", "The end must be after the start")
    if site.max_link_days is not None and terms.expires_at > at + timedelta(days=site.max_link_days):
        raise Invalid("expires_at", f"Choose an end within {site.max_link_days} days")


def _check_prices(terms: LinkTerms) -> None:
    if terms.price_mode not in PRICE_MODES:
        raise Invalid("price_mode", "Choose whose prices count")


def _check_payment(terms: LinkTerms, site: Site) -> None:
    if any(slug not in site.ways_to_pay for slug in terms.payment_methods):
        raise Invalid("payment_methods", "Choose among the ways to pay of this site, or change them in its settings")


def _check_ids(terms: LinkTerms, site: Site) -> None:
    crm.check(terms.crm_account_id, site.crm)
    if terms.crm_account_id and site.requires_sign_in:
        raise Invalid("crm_account_id", "Customers of this site sign in, and then an order can't be linked to an "
                                        "account. Clear the id, or ask an administrator to let them buy anonymously")
    if len(terms.crm_contact_id) > crm.LONGEST:
        raise Invalid("crm_contact_id", f"Enter an id with at most {crm.LONGEST} characters")
    known = translation.of_locale(terms.language) in translation.LANGUAGES
    if len(terms.language) > LONGEST_LANGUAGE or (terms.language and not known):
        raise Invalid("language", "Choose one of the languages")


def _check_metadata(metadata: Mapping[str, object]) -> None:
    if len(metadata) > MAX_METADATA:
        raise Invalid("metadata", f"Metadata can have up to {MAX_METADATA} entries")
    for key, value in metadata.items():
        if not 1 <= len(key) <= MAX_KEY:
            raise Invalid("metadata", f"Metadata keys can have up to {MAX_KEY} characters")
        if isinstance(value, str) and len(value) > MAX_VALUE:
            raise Invalid("metadata", f"Metadata values can have up to {MAX_VALUE} characters")
