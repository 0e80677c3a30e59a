"""The promise line: what a link will do, in one plain sentence, before it exists."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date

from sales_portal.core.money import Money
from sales_portal.links import deposits
from sales_portal.links.models import CheckoutLink
from sales_portal.links.snapshot import Frozen
from sales_portal.links.terms import LinkTerms

PRICES = {"frozen": "Prices stay as they are now.",
          "current": "Prices follow the pricelist; special prices stay as they are now."}


@dataclass(frozen=True, slots=True)
class Promise:
    """`first` is the sentence that must always be seen; `rest` holds the further ones."""

    first: str
    rest: tuple[str, ...]

    @property
    def text(self) -> str:
        """All sentences."""
        return " ".join((self.first, *self.rest))


@dataclass(frozen=True, slots=True)
class Figures:
    """What a promise names beside its terms: minor units, pieces, with *pick one* the total of each choice, and whether
    it starts when all is in stock."""

    currency: str
    total_amount: int
    items_count: int
    choices: tuple[int, ...] = ()
    waits_for_stock: bool = False


def promise(frozen: Frozen, terms: LinkTerms, customer_name: str | None, locale: str, zone: str) -> Promise:
    """What the link does under `terms`, for the named customer or for anyone who has it."""
    quote = frozen.quote
    figures = Figures(quote.currency, quote.total_amount, quote.items_count,
                      tuple(choice.total_amount for choice in frozen.choices), frozen.waits_for_stock)
    return _say(figures, terms, customer_name, locale, zone)


def promise_of(link: CheckoutLink, locale: str, zone: str) -> Promise:
    """What a stored link does, in the sentences its maker read; needs its customer loaded."""
    figures = Figures(link.currency, link.total_amount, link.items_count, tuple(link.totals.get("choices", ())),
                      link.waits_for_stock)
    terms = LinkTerms(
        changes=link.changes, may_change_quantities=link.may_change_quantities, may_add_products=link.may_add_products,
        max_per_line=link.max_per_line, lets_go_without=link.lets_go_without, ignores_shipping=link.ignores_shipping,
        ignores_tax=link.ignores_tax, policy=link.policy, max_orders=link.max_orders, starts_at=link.starts_at,
        expires_at=link.expires_at, price_mode=link.price_mode, skips_landing=link.skips_landing,
        only_email_may_pay=link.only_email_may_pay, prefill=link.prefill, deposit_amount=link.deposit_amount,
        deposit_percent=link.deposit_percent)
    return _say(figures, terms, link.customer.display_name if link.customer is not None else None, locale, zone)


def _say(figures: Figures, terms: LinkTerms, customer_name: str | None, locale: str, zone: str) -> Promise:
    who = customer_name or "Anyone with the link"
    first = f"{_main(figures, terms, who, locale)}{_ending(figures, terms, locale, zone)}."
    return Promise(first, tuple(_rest(figures, terms, locale)))


def _main(figures: Figures, terms: LinkTerms, who: str, locale: str) -> str:
    total, count = _money(figures.total_amount, figures.currency, locale), figures.items_count
    if terms.changes == "pick_one" and figures.choices:
        low, high = (_money(edge(figures.choices), figures.currency, locale) for edge in (min, max))
        return f"{who} picks one of {len(figures.choices)} products, from {low} to {high}"
    if terms.changes == "more":
        can = " and ".join(
            part for part, may in (("change quantities", terms.may_change_quantities),
                                   ("add products", terms.may_add_products)) if may)
        return f"{who} can {can}. The total starts at {total}"
    items = "exactly this item" if count == 1 else f"exactly these {count} items"
    return f"{who} can buy {items} for {total}"


def _ending(figures: Figures, terms: LinkTerms, locale: str, zone: str) -> str:
    times = {"single": ", once", "first_closes": ", once"}.get(terms.policy, "")
    starts = [f"from {_day(terms.starts_at, locale, zone)}"] if terms.starts_at is not None else []
    starts += ["when everything is in stock"] if figures.waits_for_stock else []
    start = f", {' and '.join(starts)}" if starts else ""
    end = f", until {_day(terms.expires_at, locale, zone)}" if terms.expires_at is not None else ", with no end"
    return times + start + end


def _rest(figures: Figures, terms: LinkTerms, locale: str) -> list[str]:
    sentences = []
    if terms.policy == "first_closes":
        sentences.append("After the first payment the link closes; people already in the checkout can still buy "
                         "while stock lasts, so there may be several orders.")
    if terms.policy == "reusable":
        often = f"up to {terms.max_orders} times" if terms.max_orders is not None else "any number of times"
        sentences.append(f"It can be paid {often}. Each payment becomes its own order.")
    if terms.max_per_line is not None and terms.changes == "more":
        sentences.append(f"At most {terms.max_per_line} per line.")
    if terms.lets_go_without:
        sentences.append("What sells out may be left out.")
    if terms.skips_landing:
        sentences.append("It leads straight to the checkout.")
    if terms.only_email_may_pay:
        sentences.append(f"Only {terms.prefill.get('email', '')} may pay.")
    sentences += _deposit(figures, terms, locale)
    sentences.append(PRICES[terms.price_mode])
    sentences.append(_charges(terms))
    return sentences


def _deposit(figures: Figures, terms: LinkTerms, locale: str) -> list[str]:
    part = deposits.deposit_of(terms, figures.total_amount, figures.currency)
    if part is None:
        return []
    now, later = (_money(minor, figures.currency, locale) for minor in (part, figures.total_amount - part))
    return [f"{now} is paid now and {later} later."]


def _charges(terms: LinkTerms) -> str:
    if terms.ignores_shipping and terms.ignores_tax:
        return "Shipping and tax are not charged."
    if terms.ignores_shipping:
        return "Shipping is not charged. Tax is included."
    if terms.ignores_tax:
        return "Tax is not charged. Shipping is included."
    return "Shipping and tax are included."


def _money(minor: int, currency: str, locale: str) -> str:
    return Money(minor, currency).format(locale)


def _day(at: datetime, locale: str, zone: str) -> str:
    return _written(at.astimezone(ZoneInfo(zone)).date(), format="medium", locale=locale)


# The same days come again and again, and each takes a hundred calls to write.
_written = lru_cache(1024)(format_date)
