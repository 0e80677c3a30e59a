"""From a selection to its link: the dialog, its promise line, and the link that is ready."""

import uuid
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request, url_for

from sales_portal.accounts.permissions import Permission
from sales_portal.approvals.errors import NeedsApproval
from sales_portal.core import clock
from sales_portal.core.errors import Invalid, NotFound
from sales_portal.core.money import Money
from sales_portal.desk import (
    approval_parts,
    asking,
    link_acts,
    link_options,
    permitted,
    preflight,
    way_limits,
    workbench,
)
from sales_portal.desk import links as link_pages
from sales_portal.desk.forms import link_dialog as forms
from sales_portal.desk.forms.approvals import AskForm
from sales_portal.desk.forms.link_dialog import LinkForm
from sales_portal.links import deposits, presets, snapshot, stored_terms
from sales_portal.links import promise as promises
from sales_portal.links import service as links
from sales_portal.links.errors import ExternalPatternMissing, SelectionBlocked
from sales_portal.links.models import CheckoutLink
from sales_portal.links.promise import Promise
from sales_portal.links.terms import LinkTerms, check_terms
from sales_portal.selections import basket as baskets
from sales_portal.selections.basket import Basket
from sales_portal.selections.models import Selection
from sales_portal.web import formatting, htmx, security, staff
from sales_portal.web.extensions import db

blueprint = Blueprint("link_dialog", __name__)
Problem = tuple[str, str]
"""A field of the dialog, and what is wrong with it."""

FIELDS = {"expires_at": "ends_on", "starts_at": "starts_on", "max_orders": "times", "policy": "paid"}
"""Where the dialog names a field otherwise than the terms do."""
PARTS = {
    "link-changes": ("changes", "max_per_line", "preselected"), "link-charges": ("ignores_tax_reason",),
    "link-span": ("until", "starts_on", "ends_on"), "link-uses": ("paid", "times", "skips_landing"),
    "link-name": ("label",)}
"""The parts of the dialog and their fields; every other field stands in the last part, *More*."""
MORE = "link-more"


@blueprint.get("/selections/<number>/link")
@staff.permit(Permission.LINK_CREATE)
def show(number: str) -> Response:
    """The dialog, or what must be fixed before there can be one; with `made` the link that is ready."""
    selection = workbench.load(number)
    if "made" in request.args:
        return _ready(selection, _made(selection, request.args["made"]), workbench.live_links_of(selection))
    basket = baskets.read_basket(db.session(), selection)
    values = forms.first_values(basket, staff.current_staff().preferences.get("link", {}), clock.now())
    known = link_options.first_values(basket)
    values |= known | {"prefill": {**values["prefill"], **known["prefill"]}}
    return _show(basket, LinkForm(formdata=None, data={**values, "request_key": uuid.uuid4().hex}))


@blueprint.post("/selections/<number>/link/preview")
@staff.permit(Permission.LINK_CREATE)
def preview(number: str) -> Response:
    """The promise line for what stands in the dialog now."""
    basket, typed = baskets.read_basket(db.session(), workbench.load(number)), LinkForm()
    try:
        terms, priced = _applied(basket, typed)
        line, total = _promise(priced, terms)
    except Invalid as refusal:
        problem = _problem(refusal)
        return htmx.fragments(render_template(
            "desk/selections/doubted.html", doubt=refusal.text, **_marked(basket, typed, problem)), status=422)
    shown = _marked(basket, typed) | {"codes_hint": link_options.codes_hint(priced)}
    return htmx.fragments(render_template(
        "desk/selections/previewed.html", promise=line, total=total,
        limits_note=way_limits.note(total, basket.selection.site, terms),
        asking=approval_parts.asking(priced, stored_terms.decided_of(terms)), modal=True, **shown))


@blueprint.post("/selections/<number>/link/metadata")
@staff.permit(Permission.LINK_CREATE)
def add_row(number: str) -> Response:
    """One more empty row of metadata, with everything typed kept; makes nothing."""
    selection, typed = workbench.load(number), LinkForm()
    if htmx.is_htmx():
        return htmx.fragments(render_template("desk/selections/_link_metadata.html", selection=selection,
                                              **link_options.metadata_of(typed)))
    typed.more.data = "open"
    return _show(baskets.read_basket(db.session(), selection), typed)


@blueprint.post("/selections/<number>/link")
@staff.permit(Permission.LINK_CREATE)
def create(number: str) -> Response:
    """Make the link; the same form sent twice makes one. Nothing typed is lost where it is refused."""
    # Two presses at once wait for each other here, so that the second finds the link of the first.
    held, typed, person, session = workbench.hold(number), LinkForm(), staff.current_staff(), db.session()
    selection, is_first = held.selection, held.selection.status == "draft"
    permitted.refuse_terms(selection, ignores_shipping=typed.ignores_shipping.data, ignores_tax=typed.ignores_tax.data,
                           sells_many=typed.paid.data in ("many", "any"))
    basket = baskets.read_held(session, held)
    try:
        link = links.create_link(session, basket, typed.terms(basket, clock.now()), agent=selection.agent,
                                 request_key=typed.request_key.data or uuid.uuid4().hex, by=person.actor)
    except Invalid as refusal:
        return _show(basket, typed, _problem(refusal), 422)
    except (SelectionBlocked, ExternalPatternMissing):
        return _show(basket, typed, status=422)
    except NeedsApproval:
        return _ask(basket, typed)
    if link.selection_id != selection.id:
        raise NotFound(thing="this form")
    if person.preferences.get("link") != (remembered := typed.remembered()):
        person.preferences = {**person.preferences, "link": remembered}
    if htmx.is_htmx():
        return _ready(selection, link, [link] if is_first else workbench.live_links_of(selection))
    return htmx.go(url_for(".show", number=selection.number, made=link.number))


def _problem(refusal: Invalid) -> Problem:
    field = refusal.field or ""
    return FIELDS.get(field, field), refusal.text


def _part_of(field: str) -> str:
    return next((part for part, fields in PARTS.items() if field in fields), MORE)


def _marked(basket: Basket, typed: LinkForm, problem: Problem | None = None) -> dict[str, Any]:
    """What shows the part of a wrong field anew with its mark, and that of the one marked before without."""
    fields = {*request.form.getlist("doubted")[:1], *([problem[0]] if problem is not None else [])}
    shown: dict[str, Any] = {
        "selection": basket.selection, "basket": basket, "form": typed, "problem": problem,
        "regions": sorted({_part_of(field) for field in fields}),
        "set_count": link_options.count_set(typed, basket.selection.site)}
    if not fields:
        return shown
    more = link_options.shown(basket, typed, problem) | {"pairs": typed.metadata.rows}
    return {**shown, "spans": forms.spans(basket.selection.site), **permitted.terms_of(basket.selection), **more}


def _show(basket: Basket, typed: LinkForm, problem: Problem | None = None, status: int = 200) -> Response:
    selection, fixes = basket.selection, _fixes(basket)
    shown: dict[str, Any] = {
        "selection": selection, "basket": basket, "form": typed, "problem": problem, "fixes": fixes,
        "spans": forms.spans(selection.site), "doubt": "", "promise": None,
        "total": Money(basket.quote.total_amount, basket.quote.currency),
        **permitted.terms_of(selection), **link_options.shown(basket, typed, problem)}
    if not fixes:
        try:
            terms, priced = _applied(basket, typed)
            shown["asking"] = approval_parts.asking(priced, stored_terms.decided_of(terms))
            shown["promise"], shown["total"] = _promise(priced, terms)
            shown["limits_note"] = way_limits.note(shown["total"], selection.site, terms)
            shown["codes_hint"] = link_options.codes_hint(priced)
        except Invalid as refusal:
            shown["doubt"], shown["doubted"] = refusal.text, _problem(refusal)[0]
    return _dialog("link_blocked" if fixes else "link", status, **shown)


def _fixes(basket: Basket) -> list[preflight.Item]:
    builder_url = url_for("desk.builder.show", number=basket.selection.number)
    found = [preflight.told(check, basket, builder_url) for check in basket.blocks]
    return [*found, *preflight.storefront(basket.selection.site)]


def _ask(basket: Basket, typed: LinkForm) -> Response:
    if not AskForm().asks.data:
        return _show(basket, typed, status=422)
    try:
        terms, priced = _applied(basket, typed)
        approval = asking.ask(priced, terms, typed.request_key.data or uuid.uuid4().hex)
    except Invalid as refusal:
        return _show(basket, typed, _problem(refusal), 422)
    return asking.asked(approval, basket)


def _applied(basket: Basket, typed: LinkForm) -> tuple[LinkTerms, Basket]:
    """The terms as typed, and what the basket costs with the discount among them."""
    terms = typed.terms(basket, clock.now())
    return terms, presets.apply(db.session(), basket, terms)


def _promise(basket: Basket, terms: LinkTerms) -> tuple[Promise, Money]:
    at, customer = clock.now(), basket.selection.customer
    check_terms(basket, terms, at)
    frozen = snapshot.freeze(basket, terms, at)
    deposits.check(frozen, terms, basket.selection.site)
    name = customer.display_name if customer is not None else None
    line = promises.promise(frozen, terms, name, formatting.locale(), basket.selection.site.time_zone)
    return line, Money(frozen.quote.total_amount, frozen.quote.currency)


def _made(selection: Selection, number: str) -> CheckoutLink:
    link = link_pages.find_link(number)
    if link.selection_id != selection.id:
        raise NotFound(thing=f"the link {number}")
    return link


def _ready(selection: Selection, link: CheckoutLink, live_links: list[CheckoutLink]) -> Response:
    url = link_pages.address_of(link)
    return _dialog("link_ready", 200, selection=selection, link=link, url=url,
                   promise=promises.promise_of(link, formatting.locale(), link.site.time_zone),
                   live_links=live_links, may_send=staff.current_staff().may(Permission.LINK_SEND),
                   short_text=link_pages.short_text(link, url),
                   link_acts=link_acts.of_selection(live_links, selection, staff.current_staff(), clock.now()))


def _dialog(name: str, status: int, **shown: Any) -> Response:
    if htmx.is_htmx():
        template = "link_made" if name == "link_ready" else f"_{name}"
        return htmx.fragments(render_template(f"desk/selections/{template}.html", modal=True, **shown), status=status)
    return security.shows_frames(make_response(render_template(
        "desk/selections/link_page.html", body=f"desk/selections/_{name}.html", modal=False, **shown), status))
