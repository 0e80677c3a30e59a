"""Discount codes customers type: one on a copy at a time, kept with what it said, and counted only by an order.

`use_code` may be called with whatever was typed or stood in an address: it refuses before it changes anything.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton
from babel.lists import format_list
from sqlalchemy.orm import Session

from sales_portal.checkout import pricing, queries
from sales_portal.checkout.errors import CodeRefused, CodesNotAllowed
from sales_portal.checkout.models import CheckoutSession, CheckoutSessionDiscount
from sales_portal.core import clock, translation
from sales_portal.core.money import Money
from sales_portal.core.translation import N_, _
from sales_portal.links.models import CheckoutLink
from sales_portal.pricing import discounts, documents
from sales_portal.pricing import queries as price_rules
from sales_portal.pricing.discounts import DiscountRule, Refused, WhyNot
from sales_portal.pricing.engine import Quote

UNKNOWN = N_("We don't know this code. Check how it is written.")
ALREADY = N_("This code is already part of this offer.")
NOT_BETTER = N_("This code takes less off than the discount you already have.")


@dataclass(frozen=True, slots=True)
class Code:
    """The code on a copy, and the minor units it takes off now; None where it takes nothing off any more."""

    label: str
    amount: int | None


def code_of(visit: CheckoutSession) -> Code | None:
    """The code the customer typed; no statement where the copy has no discount at all."""
    held = _held(visit)
    return Code(documents.read(held.rule).label, held.amount) if held is not None else None


def use_code(session: Session, visit: CheckoutSession, link: CheckoutLink, code: str) -> None:
    """Take the discount people type as `code`, in place of a code typed before, and price the copy with it.

    Refuses with `CodesNotAllowed` where the link takes none, and with `CodeRefused` where it takes nothing off.
    """
    visit.refuse_ended(clock.now())
    if not link.allows_discount_codes:
        raise CodesNotAllowed
    known = price_rules.get_rule_by_code(session, code)
    if known is None:
        raise CodeRefused(why=_(UNKNOWN))
    found, rule = known
    others = [one for one in pricing.held_discounts(visit) if not one.is_code]
    held = _held(visit)
    if held is not None and held.discount_id == found.id:
        return
    if any(one.discount_id == found.id for one in others):
        raise CodeRefused(why=_(ALREADY))
    made = pricing.code_row(found, rule)
    _refuse_useless(session, visit, link, rule, [*others, made])
    _replace(session, visit, held, made)
    pricing.reprice(session, visit, link)


def remove_code(session: Session, visit: CheckoutSession, link: CheckoutLink) -> None:
    """Take the code away again, where there is one, and price the copy without it."""
    visit.refuse_ended(clock.now())
    held = _held(visit)
    if held is not None:
        queries.load_lines(session, visit)
        _replace(session, visit, held, None)
        pricing.reprice(session, visit, link)


def look_again(session: Session, visit: CheckoutSession, link: CheckoutLink) -> None:
    """Price a copy with discounts once more before it is paid: one may have ended, or be used up, by now."""
    if visit.has_discounts:
        queries.load_lines(session, visit)
        pricing.reprice(session, visit, link)


def _held(visit: CheckoutSession) -> CheckoutSessionDiscount | None:
    return next((one for one in pricing.held_discounts(visit) if one.is_code), None)


def _replace(session: Session, visit: CheckoutSession, old: CheckoutSessionDiscount | None,
             new: CheckoutSessionDiscount | None) -> None:
    if old is not None:
        visit.discounts.remove(old)
    if new is not None:
        visit.discounts.append(new)
    visit.has_discounts = bool(visit.discounts)
    session.flush()


def _refuse_useless(session: Session, visit: CheckoutSession, link: CheckoutLink, rule: DiscountRule,
                    held: list[CheckoutSessionDiscount]) -> None:
    at = clock.now()
    why = discounts.why_never(rule, link.currency, at)
    if why is not None:
        raise CodeRefused(why=_reason(Refused(rule, why), visit, link))
    queries.load_lines(session, visit)
    terms = price_rules.get_country_terms(session, link.market_id, visit.country)
    quote = pricing.quoted(visit, link, terms, held)
    if not any(taken.rule.id == rule.id and taken.amount for taken in quote.discounts):
        raise CodeRefused(why=_why(quote, rule, visit, link))


def _why(quote: Quote, rule: DiscountRule, visit: CheckoutSession, link: CheckoutLink) -> str:
    refused = next((one for one in quote.refused if one.rule.id == rule.id), None)
    return _reason(refused, visit, link) if refused is not None else _(NOT_BETTER)


def _reason(refused: Refused, visit: CheckoutSession, link: CheckoutLink) -> str:
    match refused.why:
        case WhyNot.OTHER_PRODUCTS:
            titles = [line.title for line in pricing.items_of(visit)]
            if len(titles) == 1:
                return _("This code doesn't work with {title}.", title=titles[0])
            return _("This code doesn't work with these items.")
        case WhyNot.NOT_COMBINABLE:
            others = format_list([other.label for other in refused.beside], locale=_locale())
            return _("This code can't be combined with {others}, which takes more off.", others=others)
        case WhyNot.USED_UP:
            return _("This code is used up.")
        case WhyNot.OTHER_CURRENCY:
            return _("This code is not for {currency}.", currency=link.currency)
        case WhyNot.BELOW_MINIMUM:
            return _below_minimum(refused.rule, link)
        case WhyNot.NOT_YET:
            return _("This code starts on {day}.", day=_day(refused.rule.starts_at, link))
        case WhyNot.ENDED:
            return _("This code ended on {day}.", day=_day(refused.rule.ends_at, link))


def _below_minimum(rule: DiscountRule, link: CheckoutLink) -> str:
    locale = translation.written_in(translation.language(), link.site.locale)
    least = Money(rule.minimum_amount or 0, link.currency).format(locale)
    if rule.product_ids is None:
        return _("This code needs items for at least {amount}.", amount=least)
    return _("This code needs its products for at least {amount}.", amount=least)


def _day(at: datetime | None, link: CheckoutLink) -> str:
    if at is None:
        return ""
    zone = ZoneInfo(link.site.time_zone)
    there = at.astimezone(zone)
    is_this_year = there.year == clock.now().astimezone(zone).year
    return format_skeleton("MMMd" if is_this_year else "yMMMd", there, locale=_locale())


def _locale() -> str:
    """The language that is spoken; English of no country would write the month before the day."""
    return "en_GB" if translation.language() == translation.ENGLISH else translation.language()
