"""The form of the Link dialog, and the way between what it holds and the terms of a link."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from wtforms import BooleanField, HiddenField, StringField

from sales_portal.core import money
from sales_portal.core.errors import Invalid
from sales_portal.desk.forms import places
from sales_portal.desk.forms.builder import whole
from sales_portal.desk.forms.link_more import THANKS, USUAL, MoreForm
from sales_portal.desk.forms.link_more import WHOLE as PAID_WHOLE
from sales_portal.links.prefill import AMOUNT, field_of
from sales_portal.links.spans import end_of
from sales_portal.links.terms import LinkTerms, default_terms
from sales_portal.selections import entry
from sales_portal.selections.basket import Basket, BasketRow
from sales_portal.sites.models import Site
from sales_portal.web import formatting

SHORT_DAYS = 7
NO_END, PICK = "none", "date"
PAID = {"once": "single", "many": "reusable", "any": "reusable"}
REMEMBERED = ("changes", "may_change_quantities", "may_add_products", "more")
WHOLE = "Enter a whole number"
TIMES = "Enter how many times it can be paid: a whole number from 1 to 1000000"


class LinkForm(MoreForm):
    """What an agent decides about one link. Dates are typed in the time zone of the site."""

    changes = StringField()
    may_change_quantities = BooleanField()
    may_add_products = BooleanField()
    max_per_line = StringField()
    lets_go_without = BooleanField()
    ignores_shipping = BooleanField()
    ignores_tax = BooleanField()
    ignores_tax_reason = StringField()
    until = StringField()
    starts_on = StringField()
    ends_on = StringField()
    paid = StringField()
    lets_openers_finish = BooleanField()
    times = StringField()
    label = StringField()
    request_key = HiddenField()

    def terms(self, basket: Basket, at: datetime) -> LinkTerms:
        """The terms as typed; raises `Invalid` naming the field for what is no number or date. Checks nothing else."""
        selection = basket.selection
        lets_more = self.changes.data == "more"
        is_limited = self.paid.data == "many"
        starts_at, expires_at = self._span(selection.site, at)
        changes, policy = self.changes.data or "", self._policy()
        terms = LinkTerms(
            changes=changes, may_change_quantities=lets_more and self.may_change_quantities.data,
            may_add_products=lets_more and self.may_add_products.data,
            max_per_line=_number(self.max_per_line.data, "max_per_line") if lets_more else None,
            lets_go_without=bool(self.lets_go_without.data) and changes == "nothing",
            ignores_shipping=self.ignores_shipping.data, ignores_tax=self.ignores_tax.data,
            ignores_tax_reason=(self.ignores_tax_reason.data or "").strip() if self.ignores_tax.data else "",
            policy=policy, max_orders=_needed(self.times.data, "times", TIMES) if is_limited else None,
            preselected_line=self._preselected(), starts_at=starts_at, expires_at=expires_at,
            label=(self.label.data or "").strip(), **self.more_terms(changes, policy, selection))
        return self._with_amounts(terms, basket)

    def remembered(self) -> dict[str, object]:
        """What the next dialog of this person starts with; never how long or how often a link works, which is easily
        read over."""
        return {name: self[name].data for name in REMEMBERED}

    def _with_amounts(self, terms: LinkTerms, basket: Basket) -> LinkTerms:
        """The amounts of lines whose customer names the price, as typed; those of other lines are left out."""
        if not any(name.startswith(AMOUNT) for name in (*terms.prefill, *terms.prefill_locks)):
            return terms
        typed = {name: text for name, text in terms.prefill.items() if name.startswith(AMOUNT)}
        others = {name: text for name, text in terms.prefill.items() if name not in typed}
        amounts = {name: str(money.parse(typed[name], basket.selection.currency, formatting.locale(),
                                         field_of(name)).minor)
                   for name, _ in open_amounts(basket) if name in typed}
        locks = tuple(name for name in terms.prefill_locks
                      if not name.startswith(AMOUNT) or name in dict(open_amounts(basket)))
        return replace(terms, prefill=others | amounts, prefill_locks=locks)

    def _preselected(self) -> int | None:
        if self.changes.data != "pick_one" or not self.preselected.data:
            return None
        return _needed(self.preselected.data, "preselected", "Choose one of the products")

    def _policy(self) -> str:
        if self.paid.data == "once" and self.lets_openers_finish.data:
            return "first_closes"
        return PAID.get(self.paid.data or "", "")

    def _span(self, site: Site, at: datetime) -> tuple[datetime | None, datetime | None]:
        if self.until.data == NO_END:
            return None, None
        if self.until.data == PICK:
            zone = ZoneInfo(site.time_zone)
            return (_instant(self.starts_on.data, zone, "starts_on") if self.starts_on.data else None,
                    _instant(self.ends_on.data, zone, "ends_on"))
        days = whole(self.until.data)
        if days is None or not 1 <= days <= 3650:
            raise Invalid("until", "Choose how long the link works")
        return None, end_of(at, days, site)


def open_amounts(basket: Basket) -> list[tuple[str, BasketRow]]:
    """The lines whose customer names the price, by the name of their field."""
    return [(f"{AMOUNT}{number}", row) for number, row in enumerate(basket.rows, 1) if row.is_pay_what_you_want]


def spans(site: Site) -> list[int]:
    """The lengths in days a dialog offers: a week, the site's own, a month."""
    longest = site.max_link_days or 3650
    return sorted(days for days in {SHORT_DAYS, site.link_days, 30} if days <= longest)


def first_values(basket: Basket, remembered: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """What a dialog starts with: the defaults of site and selection, and what this person chose last where it fits."""
    site, terms = basket.selection.site, default_terms(basket, at)
    values: dict[str, Any] = {
        "changes": "nothing", "may_change_quantities": True, "times": "5", "until": str(site.link_days),
        "paid": "once" if terms.policy != "reusable" else "any",
        "lets_openers_finish": terms.policy == "first_closes", "label": terms.label,
        "ignores_shipping": terms.ignores_shipping, "ignores_tax": terms.ignores_tax,
        "ignores_tax_reason": terms.ignores_tax_reason, "codes": USUAL, "after": THANKS, "preselected": "1",
        "price_mode": terms.price_mode, "places": places.of(site.ways_to_pay), "deposit": PAID_WHOLE,
        "prefill": {**terms.prefill, **_amounts(basket)}, "metadata": terms.metadata.items()}
    values |= {name: remembered[name] for name in REMEMBERED if remembered.get(name) is not None}
    if values["changes"] == "pick_one" and len(basket.rows) < 2:
        values["changes"] = "nothing"
    local = end_of(at, site.link_days, site).astimezone(ZoneInfo(site.time_zone))
    return {**values, "ends_on": local.strftime("%Y-%m-%dT%H:%M")}


def _amounts(basket: Basket) -> dict[str, str]:
    return {name: formatting.amount(row.unit_amount, basket.selection.currency)
            for name, row in open_amounts(basket) if row.unit_amount is not None}


def _number(text: str | None, field: str) -> int | None:
    if not (text or "").strip():
        return None
    return _needed(text, field, WHOLE)


def _needed(text: str | None, field: str, problem: str) -> int:
    number = entry.read_whole(text or "")
    if number is None:
        raise Invalid(field, problem)
    return number


def _instant(text: str | None, zone: ZoneInfo, field: str) -> datetime:
    try:
        typed = datetime.strptime((text or "").strip()[:16], "%Y-%m-%dT%H:%M")  # noqa: DTZ007 - the site's zone follows
        return typed.replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid(field, "Enter a date and time like 2026-12-21 23:59") from None
