"""The page where a selection is built, and how its acts answer: changed regions for htmx, else the page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from flask import Response, flash, make_response, render_template, request, url_for

from sales_portal.accounts.permissions import Permission
from sales_portal.core import clock
from sales_portal.core.errors import Forbidden, NotFound, Refusal
from sales_portal.desk import (
    approval_parts,
    extra_payments,
    line_notes,
    link_acts,
    merging,
    permitted,
    price_ways,
    prices_before,
    scope,
    shipping_ways,
    totals,
)
from sales_portal.desk.forms.builder import Act, whole
from sales_portal.links import queries as links
from sales_portal.links.models import CheckoutLink
from sales_portal.links.service import LIVING
from sales_portal.markets import queries as markets
from sales_portal.markets.models import Market
from sales_portal.pricing import queries as pricing
from sales_portal.selections import basket as baskets
from sales_portal.selections import queries as selections
from sales_portal.selections.acts import CLOSED
from sales_portal.selections.basket import Held
from sales_portal.selections.errors import ChangedMeanwhile
from sales_portal.selections.models import Selection
from sales_portal.web import htmx, staff
from sales_portal.web.extensions import db

Done = TypeVar("Done")


@dataclass(frozen=True, slots=True)
class Toast:
    """What an act says it did; `undo_url` takes it back, by a button with the word `label` that sends `again` too.

    One that `stays` is there until it is closed.
    """

    text: str
    tone: str = "success"
    undo_url: str = ""
    label: str = "Undo"
    again: tuple[tuple[str, str], ...] = ()
    stays: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with what was typed in one region. `is_question`: nothing is, more is asked for."""

    region: str
    field: str
    text: str
    typed: Any
    details: Mapping[str, object]
    is_question: bool = False


def load(number: str) -> Selection:
    """The selection with this number; one beyond the reader's reach is not found, like one that does not exist."""
    selection = selections.get_selection(db.session(), number)
    if selection is None or not _is_in_reach(selection):
        raise NotFound(thing=number)
    return selection


def hold(number: str) -> Held:
    """The selection with this number, locked until the transaction ends; not found as for `load`."""
    held = baskets.hold(db.session(), number)
    if held is None or not _is_in_reach(held.selection):
        raise NotFound(thing=number)
    return held


def merge(typed: Act, act: Callable[[int | None], Done]) -> Done:
    """Do `act` for the version the page showed; what only this person did since then is no conflict."""
    try:
        return act(typed.version.data)
    except ChangedMeanwhile as clash:
        me = staff.current_staff().name
        if any(one.details["who"] != me for one in (clash, *clash.others)):
            raise
        return act(None)


def refuse_unless(is_asked: bool, permission: Permission) -> None:
    """Refuse what `is_asked` for without the `permission`."""
    if is_asked and not staff.current_staff().may(permission):
        raise Forbidden(page="this", permission=permission.value)


def page(selection: Selection, *, status: int = 200, **typed: Any) -> Response:
    """The whole page, with what was `typed` and what is wrong with it where an act was refused."""
    prices_before.turn_page(selection)
    return make_response(render_template("desk/selections/show.html", **_regions(selection), **typed), status)


def changed(selection: Selection, toast: Toast | None = None, *, focus: str = "", search: str = "",
            **more: Any) -> Response:
    """Answer an act that was done: all regions that may have changed, or the way back to the page.

    `search` is what the way back leaves typed in the search. Where the act changed what waits for an answer, that
    request is withdrawn, and the toast says so.
    """
    toast = _with_withdrawal(toast, approval_parts.settle(selection))
    if htmx.is_htmx():
        return _fragments(selection, toast=toast, focus=focus, **more)
    if toast is not None:
        flash(toast.text, toast.tone)
    return htmx.go(url_for("desk.builder.show", number=selection.number, q=search or None))


def current(selection: Selection, **more: Any) -> Response:
    """Answer all regions as they are now, for a page that only asks."""
    return _fragments(selection, **more)


def refused(selection: Selection, region: str, refusal: Refusal, *, typed: Any, focus: str = "",
            is_question: bool = False) -> Response:
    """Answer an act that was not done: its region with all that was typed, and why."""
    problem = Problem(region, refusal.field or "", refusal.text, typed, refusal.details, is_question)
    if htmx.is_htmx():
        return _fragments(selection, status=422, focus=focus, problem=problem)
    return page(selection, status=422, problem=problem)


def gone(selection: Selection, toast: Toast, *, status: int) -> Response:
    """Answer an act on a line that is not there any more: the selection as it is, and what can be done."""
    if not htmx.is_htmx():
        return page(selection, status=status, gone=toast)
    merged = _merged(selection)
    others = tuple(sentence for sentence in merged.sentences if not toast.text.startswith(sentence))
    return _fragments(selection, status=status, into="#selection-lines", toast=toast,
                      merged=replace(merged, sentences=others))


def may_edit(selection: Selection) -> bool:
    """Whether the reader may still change `selection`."""
    return selection.status not in CLOSED and staff.current_staff().may(Permission.SELECTIONS_EDIT)


def _is_in_reach(selection: Selection) -> bool:
    return scope.covers(selection.agent, staff.current_staff(), staff.reach())


def live_links_of(selection: Selection) -> list[CheckoutLink]:
    """The links of `selection` that customers can use or will be able to, newest first."""
    at = clock.now()
    return [link for link in links.list_of_selection(db.session(), selection.id) if link.state(at) in LIVING]


def _options_of(sold_in: Sequence[Market]) -> list[tuple[Any, Any]]:
    """The markets to choose from, by site where there are several."""
    by_site: dict[str, list[tuple[int, str]]] = {}
    for market in sold_in:
        by_site.setdefault(market.site.name, []).append((market.id, market.name))
    return list(by_site.items()) if len(by_site) > 1 else [option for options in by_site.values() for option in options]


def _merged(selection: Selection) -> merging.Merged:
    return merging.since(db.session(), selection, whole(request.values.get("version")), staff.current_staff())


def _fragments(selection: Selection, *, status: int = 200, focus: str = "", into: str = "", **more: Any) -> Response:
    shown = {"merged": _merged(selection), **more} if "merged" not in more else more
    body = render_template("desk/selections/changed.html", **_regions(selection), **shown)
    return htmx.fragments(body, status=status, trigger={"focus": {"to": focus}} if focus else None, into=into or None,
                          swap="outerMorph" if into else None)


def _with_withdrawal(toast: Toast | None, withdrawn: str) -> Toast | None:
    if not withdrawn:
        return toast
    return Toast(withdrawn, "warning") if toast is None else replace(toast, text=f"{toast.text} {withdrawn}")


def _regions(selection: Selection) -> dict[str, Any]:
    session, person = db.session(), staff.current_staff()
    basket = baskets.read_basket(session, selection)
    is_open = selection.status not in CLOSED
    sold_in, asked = markets.list_markets(session), approval_parts.in_builder(basket)
    pricelists = pricing.list_pricelists(session, selection.market_id)
    return {
        "selection": selection, "basket": basket, "rows": totals.rows_of(basket), "total": totals.of_basket(basket),
        "total_label": totals.label_of(basket),
        "discounts": totals.discounts_of(basket),
        "markets": sold_in, "market_options": _options_of(sold_in),
        "shipping_ways": shipping_ways.ways_of(session, basket, sold_in),
        "pricelists": pricelists, "price_ways": price_ways.ways_of(session, basket, pricelists),
        "live_links": (live := live_links_of(selection)), "in_builder": asked,
        "link_acts": link_acts.of_selection(live, selection, person, clock.now()),
        "extra_for": extra_payments.order_of(selection),
        "may_edit": may_edit(selection), "may_copy": person.may(Permission.SELECTIONS_EDIT),
        "may_link": is_open and person.may(Permission.LINK_CREATE),
        **permitted.terms_of(selection),
        "may_add_ad_hoc": person.may(Permission.SELECTIONS_ADHOC),
        "line_notes": line_notes.of_basket(basket, person, asked.line_ids),
        "prices_before": prices_before.of_basket(basket),
    }
