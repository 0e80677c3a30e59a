"""Everything about a selection at once: its rows with price and stock, what it costs, and what stands in the way."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from typing import cast

from sqlalchemy import Table, bindparam, func, select
from sqlalchemy.orm import Session, joinedload

from sales_portal.accounts.models import Staff
from sales_portal.core import clock
from sales_portal.core.db import is_id
from sales_portal.core.reading import Reading, read
from sales_portal.core.writing import know
from sales_portal.customers.models import Account, Customer, CustomerAddress
from sales_portal.markets.models import Market, MarketCountry
from sales_portal.pricing import engine, tax
from sales_portal.pricing import queries as pricing
from sales_portal.pricing.discounts import DiscountRule
from sales_portal.pricing.engine import Quote, Rules
from sales_portal.pricing.models import Pricelist
from sales_portal.pricing.queries import CountryTerms
from sales_portal.pricing.tax import TaxOnShipping
from sales_portal.selections import checks, queries
from sales_portal.selections.checks import Check
from sales_portal.selections.discounts import list_rules
from sales_portal.selections.models import Selection
from sales_portal.selections.rows import BasketRow, list_rows
from sales_portal.sites.models import Site

__all__ = ["Basket", "BasketRow", "Check", "Held", "hold", "read_basket", "read_elsewhere", "read_held",
           "with_discount"]

# Built once: the builder asks it at every act, and building it takes longer than running it.
_MARKET, _PRICELIST, _CUSTOMER, _ACCOUNT = Reading(Market), Reading(Pricelist), Reading(Customer), Reading(Account)
_PARTS = Reading(Selection), _MARKET, _PRICELIST, _CUSTOMER, _ACCOUNT
_SELECTIONS, _ADDRESSES, _COUNTRIES = (
    cast(Table, model.__table__) for model in (Selection, CustomerAddress, MarketCountry))
_LIVES_IN = (select(_ADDRESSES.c.country)
             .where(_ADDRESSES.c.customer_id == _SELECTIONS.c.customer_id, _ADDRESSES.c.is_default)
             .order_by(_ADDRESSES.c.id).limit(1).scalar_subquery())
_SOLD = (
    select(Selection, _LIVES_IN).where(Selection.id == bindparam("selection_id"))
    .options(joinedload(Selection.market).joinedload(Market.countries), joinedload(Selection.pricelist),
             joinedload(Selection.customer).joinedload(Customer.account)))
_WHOLE = _SOLD.options(joinedload(Selection.agent), joinedload(Selection.site))
_LOCKED = _WHOLE.with_for_update(of=Selection)
# What belongs together is read from one row: loading it as relations costs far more.
_SERVED = (select(func.aggregate_strings(_COUNTRIES.c.country, " "))
           .where(_COUNTRIES.c.market_id == _SELECTIONS.c.market_id).scalar_subquery())
_HELD = (
    select(_LIVES_IN.label("home_country"), _SERVED.label("served"),
           *chain.from_iterable(part.columns for part in _PARTS))
    .join_from(_SELECTIONS, _MARKET.table).join(_PRICELIST.table, _PRICELIST.table.c.id == _SELECTIONS.c.pricelist_id)
    .outerjoin(_CUSTOMER.table, _CUSTOMER.table.c.id == _SELECTIONS.c.customer_id)
    .outerjoin(_ACCOUNT.table, _ACCOUNT.table.c.id == _CUSTOMER.table.c.account_id)
    .where(_SELECTIONS.c.id == bindparam("selection_id")).with_for_update(of=_SELECTIONS))


@dataclass(frozen=True, slots=True)
class Basket:
    """A selection with its rows, its quote, where it would be delivered, and what stands in the way of a link.

    `selection` has agent, site, customer, market and pricelist loaded. `country` is where the quote
    delivers to, `home_country` where the customer lives, if known; `rules` are those of the quote without shipping.
    """

    selection: Selection
    rows: tuple[BasketRow, ...]
    quote: Quote
    country: str
    home_country: str | None
    terms: CountryTerms
    checks: tuple[Check, ...]
    rules: Rules

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it."""
        return not self.rows

    @property
    def blocks(self) -> tuple[Check, ...]:
        """What must be fixed before a link may exist."""
        return tuple(check for check in self.checks if check.kind == "block")

    def row(self, line_id: int) -> BasketRow | None:
        """The row of this line, or None."""
        return next((row for row in self.rows if row.line_id == line_id), None)

    def checks_of(self, line_id: int | None) -> tuple[Check, ...]:
        """What there is to say about one line; about the whole for None."""
        return tuple(check for check in self.checks if check.line_id == line_id)


@dataclass(frozen=True, slots=True)
class Held:
    """A selection whose row is locked until the transaction ends, so that what is read of it stays so.

    `served` are the countries of its market.
    """

    selection: Selection
    home_country: str | None
    served: tuple[str, ...]


def read_basket(session: Session, selection: Selection, *, is_locked: bool = False) -> Basket:
    """The whole of `selection` as it stands now, in three statements however many lines it has.

    `is_locked` locks its row until the transaction ends, so that what is read stays so.
    """
    home = _load(session, selection, is_locked)
    return _read(session, selection, selection.market, selection.pricelist, home, _served(selection.market))


def hold(session: Session, number: str) -> Held | None:
    """Lock the selection with this number and read all a basket needs but its lines; None if unknown.

    It comes before any other read of the selection: what the session holds of it already is not read anew.
    """
    key = queries.id_of(number)
    if key is None or not is_id(key):
        return None
    row = session.execute(_HELD, {"selection_id": key}).first()
    if row is None:
        return None
    selection, market, pricelist, customer, account = read(session, row, *_PARTS, start=2)
    if customer is not None:
        know(customer, account=account)
    # Mostly it is the selection of who is signed in, at their site, and the session holds both.
    know(selection, market=market, pricelist=pricelist, customer=customer,
         agent=session.get_one(Staff, selection.agent_id), site=session.get_one(Site, selection.site_id))
    return Held(selection, row.home_country, tuple(sorted((row.served or "").split())))


def read_held(session: Session, held: Held) -> Basket:
    """The whole of a selection that is held, in two more statements."""
    selection = held.selection
    return _read(session, selection, selection.market, selection.pricelist, held.home_country, held.served)


def read_elsewhere(session: Session, selection: Selection, market: Market, pricelist: Pricelist) -> Basket:
    """`selection` as it would stand in another market (countries loaded) and pricelist; changes nothing.

    Special prices stay only where an amount means the same there: one currency, tax in the prices or not in both.
    """
    home = _load(session, selection)
    return _read(session, selection, market, pricelist, home, _served(market),
                 keeps_special_prices(selection.pricelist, pricelist))


def with_discount(basket: Basket, rule: DiscountRule) -> Basket:
    """`basket` as it would cost with one discount more; changes nothing."""
    rules = replace(basket.rules, discounts=(*basket.rules.discounts, rule))
    quote = _quote(basket.rows, rules, basket.terms, clock.now())
    return replace(basket, rows=_priced(basket.rows, quote), quote=quote, rules=rules)


def keeps_special_prices(old: Pricelist, new: Pricelist) -> bool:
    """Whether an amount agreed under `old` means the same under `new`."""
    return (old.currency, old.is_tax_included) == (new.currency, new.is_tax_included)


def _load(session: Session, selection: Selection, is_locked: bool = False) -> str | None:
    if is_locked:
        session.expire(selection)
    found = session.execute(_LOCKED if is_locked else _WHOLE, {"selection_id": selection.id}).unique().one()
    country: str | None = found[1]
    return country


def _read(session: Session, selection: Selection, market: Market, pricelist: Pricelist, home: str | None,
          served: tuple[str, ...], has_special_prices: bool = True) -> Basket:
    at = clock.now()
    country = _country(market, served, home)
    rows = list_rows(session, selection.id, market.id, pricelist.id, has_special_prices)
    terms = pricing.get_country_terms(session, market.id, country)
    rules = Rules(
        currency=pricelist.currency, is_tax_included=pricelist.is_tax_included, tax_rates=terms.tax_rates,
        discounts=list_rules(session, selection), ignores_shipping=selection.ignores_shipping,
        ignores_tax=selection.ignores_tax, waives_included_tax=selection.site.waives_included_tax,
        tax_on_shipping=TaxOnShipping(selection.site.tax_on_shipping),
        is_reverse_charged=tax.is_reverse_charged(selection.site.country, country, vat_number_of(selection)))
    quote = _quote(rows, rules, terms, at)
    # What is sold needs nothing any more: what is in stock today, and what it costs, says nothing about it.
    found = () if selection.status == "won" else (
        *checks.of_lines(rows, market, pricelist, selection.site),
        *checks.of_delivery(quote, rows, terms, market, home),
        *checks.of_currency(selection.currency, pricelist),
        *checks.of_prices(quote, rows, terms, pricelist, selection.site, at))
    return Basket(selection, _priced(rows, quote), quote, country, home, terms, found, rules)


def vat_number_of(selection: Selection) -> str:
    """The VAT number of the company the selection is for; empty without one. Customer and account are loaded."""
    account = selection.customer.account if selection.customer is not None else None
    return (account.vat_number if account is not None else None) or ""


def _priced(rows: Sequence[BasketRow], quote: Quote) -> tuple[BasketRow, ...]:
    priced = {line.key: line for line in quote.lines}
    return tuple(replace(row, priced=priced.get(row.line_id)) for row in rows)


def _quote(rows: Sequence[BasketRow], rules: Rules, terms: CountryTerms, at: datetime) -> Quote:
    lines = [line for row in rows if (line := row.line) is not None]
    return engine.quote(lines, rules, at, choose=terms.cheapest)


def _served(market: Market) -> tuple[str, ...]:
    return tuple(sorted(row.country for row in market.countries))


def _country(market: Market, served: tuple[str, ...], home: str | None) -> str:
    own = market.locale.replace("-", "_").rpartition("_")[2]
    return next((code for code in (home, own, *served) if code in served), own)
