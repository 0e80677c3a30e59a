"""What the part *More* of the Link dialog offers and starts with, and how a link's page tells what was chosen there."""

from typing import Any

from babel import Locale

from sales_portal.catalog import queries as catalog
from sales_portal.core.errors import Invalid
from sales_portal.core.translation import LANGUAGES
from sales_portal.customers import crm
from sales_portal.customers import queries as customers
from sales_portal.customers.models import Customer
from sales_portal.desk.forms import places
from sales_portal.desk.forms.link_dialog import LinkForm, open_amounts
from sales_portal.desk.forms.link_more import AMOUNT_OF, PERCENT_OF, THANKS, USUAL
from sales_portal.links import deposits
from sales_portal.links.models import CheckoutLink
from sales_portal.links.prefill import ADDRESS, AMOUNT, CUSTOM, WHOLE_ADDRESS
from sales_portal.links.terms import MAX_METADATA
from sales_portal.pricing import queries as pricing
from sales_portal.selections import discounts
from sales_portal.selections.basket import Basket
from sales_portal.sites import methods
from sales_portal.sites.methods import METHODS
from sales_portal.sites.models import Site
from sales_portal.web import formatting
from sales_portal.web.extensions import db

PERSON = (("email", "E-mail"), ("name", "Name"), ("phone", "Phone"), ("company", "Company"))
PARTS = (("street", "Street and number"), ("street_2", "Flat, company or c/o"), ("postcode", "Postcode"),
         ("city", "Town or city"), ("region", "Region"), ("country", "Country"))
FIELDS = ("discount", "codes", "crm_account_id", "crm_contact_id", "metadata", "after", "after_message", "after_url",
          "price_mode", "language", "payment_methods", "deposit", "deposit_amount", "deposit_percent")
BLANK_ROWS = 2
_COUNTRIES = Locale("en").territories
Row = tuple[str, str]


def first_values(basket: Basket) -> dict[str, Any]:
    """What is known of the customer beyond their name: where they live, and their ids elsewhere."""
    selection, found = basket.selection, None
    if selection.customer_id is not None:
        found = customers.get_customer(db.session(), selection.customer_id)
    if found is None:
        return {"prefill": {}}
    values: dict[str, Any] = {"prefill": {}, "crm_contact_id": found.crm_contact_id or "",
                              "crm_account_id": _account_id(found, selection.site)}
    home = next((place for place in found.addresses if place.is_default), None)
    if home is not None and home.country in pricing.list_delivery_countries(db.session(), selection.market_id):
        values["prefill"] = {name: getattr(home, name) for name in ADDRESS if getattr(home, name)}
    return values


def _account_id(customer: Customer, site: Site) -> str:
    """The CRM id of the customer's account, where a link of the site may name it."""
    known = customer.account.crm_id if customer.account is not None else None
    try:
        crm.check(known or "", site.crm)
    except Invalid:
        return ""
    return "" if site.requires_sign_in else known or ""


def shown(basket: Basket, typed: LinkForm, problem: tuple[str, str] | None) -> dict[str, Any]:
    """What the templates of *More* need."""
    session, site, field = db.session(), basket.selection.site, problem[0] if problem is not None else ""
    codes = pricing.list_delivery_countries(session, basket.selection.market_id)
    return {
        "open_amounts": open_amounts(basket), "questions": catalog.list_custom_fields(session), "persons": PERSON,
        "parts": PARTS,
        "countries": sorted(((code, _COUNTRIES.get(code, code)) for code in codes), key=lambda pair: pair[1]),
        "presets": [(str(one.rule.id), one.rule.label) for one in discounts.list_offered(session, basket.selection)
                    if not one.reason],
        "given": " and ".join(rule.label for rule in basket.rules.discounts),
        "ways_to_pay": _ways_to_pay(site), "place_options": places.options(len(site.ways_to_pay)),
        "languages": _languages(basket), "codes_hint": codes_hint(basket), **metadata_of(typed),
        "set_count": count_set(typed, site),
        "is_more_open": typed.more.data == "open" or field in FIELDS or field.startswith("prefill-")}


def codes_hint(basket: Basket) -> str:
    """Whether a code adds to the discounts there are, the dialog's own among them; empty where there are none."""
    rules = basket.rules.discounts
    if not rules:
        return ""
    alone = [rule.label for rule in rules if not rule.is_combinable]
    if alone:
        return f"{alone[0]} does not combine with a code: the better one counts."
    return f"{' and '.join(rule.label for rule in rules)} {'combines' if len(rules) == 1 else 'combine'} with a code."


def metadata_of(typed: LinkForm) -> dict[str, Any]:
    """What the rows of metadata need: those there are, with empty ones to go on as long as there may be more."""
    kept = typed.metadata.data
    blank = [("", "")] * max(0, min(BLANK_ROWS, MAX_METADATA - len(kept)))
    return {"pairs": [*kept, *blank], "most_pairs": MAX_METADATA}


def count_set(typed: LinkForm, site: Site) -> int:
    """How much of *More* is not as a link has it by itself."""
    chosen = (bool(typed.discount.data), typed.codes.data != USUAL, bool(typed.locks.data),
              typed.only_email_may_pay.data, bool(typed.metadata.data), typed.after.data != THANKS,
              typed.price_mode.data == "current", bool(typed.language.data),
              typed.places.data not in ({}, places.of(site.ways_to_pay)),
              typed.deposit.data in (AMOUNT_OF, PERCENT_OF))
    return sum(map(bool, chosen))


def facts_of(link: CheckoutLink) -> list[Row]:
    """What was chosen under *More* for a stored link, in words; what is as usual is left out."""
    rows = [("Discount codes", "May be typed" if link.allows_discount_codes else "None may be typed")]
    if link.preselected_line is not None:
        rows.append(("Chosen at first", next((line.title for line in link.lines
                                              if line.line_no == link.preselected_line), "")))
    if link.price_mode == "current":
        rows.append(("Prices", f"Follow {link.pricelist.name}; special prices stay"))
    if (part := deposits.deposit_of(link, link.total_amount, link.currency)) is not None:
        rows.append(("Deposit", _deposit(link, part)))
    if link.skips_landing:
        rows.append(("First page", "Skipped"))
    if link.only_email_may_pay:
        rows.append(("May pay", f"Only {link.prefill.get('email', '')}"))
    rows += _prefilled(link)
    rows += [(label, value) for label, value in (
        ("Ways to pay", ", ".join(METHODS[slug].label for slug in methods.split(link.payment_methods))),
        ("Language", _language(link.language) if link.language else ""), ("CRM account", link.crm_account_id),
        ("CRM contact", link.crm_contact_id), ("Message after payment", link.after_message),
        ("After payment", link.after_url)) if value]
    return rows


def _deposit(link: CheckoutLink, part: int) -> str:
    now, later = (formatting.money(minor, link.currency) for minor in (part, link.total_amount - part))
    share = f" ({formatting.percent(link.deposit_percent)})" if link.deposit_percent is not None else ""
    return f"{now} now{share}, {later} later"


def _prefilled(link: CheckoutLink) -> list[Row]:
    """The filled-in fields, the address as one; a customer can change them unless it says fixed."""
    asks = any(name.startswith(CUSTOM) for name in link.prefill)
    questions = catalog.list_custom_fields(db.session()) if asks else ()
    labels = dict(PERSON) | {CUSTOM + question.slug: question.label for question in questions} | {
        f"{AMOUNT}{line.line_no}": f"Amount of {line.title}" for line in link.lines}
    rows = [(labels.get(name, name.removeprefix(CUSTOM)), _fixed(_written(name, value, link), name, link))
            for name, value in link.prefill.items() if name not in ADDRESS]
    address = ", ".join(str(link.prefill[name]) for name in ADDRESS if link.prefill.get(name))
    return [(f"{label}, filled in", text) for label, text in
            [*rows, *([("Address", _fixed(address, WHOLE_ADDRESS, link))] if address else [])]]


def _written(name: str, value: object, link: CheckoutLink) -> str:
    text = str(value)
    return formatting.money(int(text), link.currency) if name.startswith(AMOUNT) and text.isdecimal() else text


def _fixed(value: str, name: str, link: CheckoutLink) -> str:
    return f"{value} (fixed)" if name in link.prefill_locks else value


def _languages(basket: Basket) -> list[Row]:
    """Those the site of the selection speaks, each by its own name."""
    return [(code, LANGUAGES[code]) for code in basket.selection.site.spoken]


def _ways_to_pay(site: Site) -> list[Row]:
    """Those of the site, where there is a choice."""
    there = [(slug, METHODS[slug].label) for slug in site.ways_to_pay]
    return there if len(there) > 1 else []


def _language(code: str) -> str:
    return LANGUAGES.get(code) or str(Locale.parse(code, "-" if "-" in code else "_").get_display_name("en"))
