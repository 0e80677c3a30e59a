"""The shop behind an unlocked link: what there is in its market at the prices of its pricelist, to be added."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from sales_portal.catalog.models import KINDS
from sales_portal.catalog.search import LONGEST_TEXT
from sales_portal.checkout import adding, shelf
from sales_portal.checkout.shelf import Good
from sales_portal.core.money import Money
from sales_portal.core.translation import N_, _
from sales_portal.storefront import changes, frame, guards, guests, landing, limits, shelves
from sales_portal.storefront.forms import quantities
from sales_portal.storefront.forms.texts import one_line
from sales_portal.storefront.guests import Guest
from sales_portal.web.extensions import db

blueprint = Blueprint("shop", __name__, url_prefix=guests.PREFIX)

HERE = "shop"
KIND_WORDS = {"goods": N_("Goods"), "training": N_("Courses"), "subscription": N_("Plans"), "service": N_("Services")}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which part of the shop is looked at: what was typed, a kind of product, and behind which product it begins."""

    text: str
    kind: str
    after: int

    @property
    def query(self) -> dict[str, object]:
        """It as a query; what is as usual is left out."""
        return {name: value for name, value in (("q", self.text), ("kind", self.kind), ("after", self.after)) if value}


def read_wanted(values: Mapping[str, str]) -> Wanted:
    """What an address or a form asks for; what it cannot mean is left out."""
    kind = values.get("kind", "")
    return Wanted(one_line(values.get("q"))[:LONGEST_TEXT], kind if kind in KINDS else "",
                  shelves.number(values.get("after", "")) or 0)


@blueprint.get("/shop")
@guards.at_door
def show(guest: Guest) -> ResponseReturnValue:
    """A page of what may be added; the first page of the link where nothing may."""
    if not shelves.is_open_to(guest):
        return redirect(guest.items_url(), 303)
    return page(guest, request.args)


@blueprint.post("/additions")
@limits.per_link_claims
@guards.at_lock
def add(guest: Guest) -> ResponseReturnValue:
    """*Add*: one more of a product, in the shop or on the first page, which is shown again with what was added."""
    variant_id = shelves.number(request.form.get("variant", "")) or 0
    show_again = page if request.form.get("from") == HERE else landing.page
    return landing.changed(guest, lambda: _where(guest, variant_id), lambda guest: changes.add(guest, variant_id),
                           show=show_again)


@blueprint.post("/additions/<int:variant_id>/quantity")
@limits.per_link_claims
@guards.at_lock
def change(guest: Guest, variant_id: int) -> ResponseReturnValue:
    """Take another quantity of what was added, and every other that was typed."""
    return landing.changed(
        guest, lambda: guest.items_url(_anchor=f"field-{quantities.ADDED}{variant_id}"))


@blueprint.post("/additions/<int:variant_id>/removal")
@limits.per_link_claims
@guards.at_lock
def remove(guest: Guest, variant_id: int) -> ResponseReturnValue:
    """*Remove*: take out what was added; what was typed as its quantity no longer matters."""
    typed = {name: text for name, text in request.form.items() if name != f"{quantities.ADDED}{variant_id}"}
    return landing.changed(guest, lambda: guest.items_url(_anchor="landing-lines"),
                           lambda guest: changes.remove(guest, variant_id), typed=typed)


def page(guest: Guest, typed: Mapping[str, str], errors: Mapping[str, str] | None = None,
         status: int = 200) -> Response:
    """The part of the shop that `typed` asks for, with what is wrong with an *Add*."""
    guests.introduce(guest)
    session, link, wanted = db.session(), guest.link, read_wanted(typed)
    found = shelf.read_page(session, link, wanted.text, wanted.kind, wanted.after)
    kinds = shelf.list_kinds(session, link)
    goods = [good for variants in found.products for good in variants]
    errors = shelves.placed(errors or {}, (good.variant_id for good in goods))
    visit = guest.visit if guest.can_go_on() else None
    return frame.page(
        "storefront/shop/show.html", guest, status, found=found, wanted=wanted, kinds=_offered(kinds), errors=errors,
        mistakes=[(f"field-{name}", text) for name, text in errors.items() if name != "form"],
        wrong_variants=[good.variant_id for good in goods if changes.button_of(good.variant_id) in errors],
        field_of=changes.button_of, ranges={variants[0].product_id: _range(variants) for variants in found.products},
        held={line.variant_id: line.quantity for line in adding.lines_of(visit)} if visit is not None else {},
        just_added=shelves.just_added(guest), total=Money(visit.total_amount, link.currency) if visit else None)


def _where(guest: Guest, variant_id: int) -> str:
    """Back to the list one added from, at the product; or to what one has added."""
    if request.form.get("from") != HERE:
        return guest.items_url(added=variant_id, _anchor="landing-added")
    line = adding.find_line(guest.copy, variant_id)
    return guest.url("shop.show", **read_wanted(request.form).query, added=variant_id,
                     _anchor=f"product-{line.product_id}" if line is not None else None)


def _offered(kinds: list[str]) -> list[tuple[str, str]]:
    """The kinds to choose from; nothing to choose where there is one."""
    return [("", _("Everything")), *((kind, _(KIND_WORDS[kind])) for kind in kinds)] if len(kinds) > 1 else []


def _range(variants: tuple[Good, ...]) -> tuple[int, bool]:
    """The lowest price among variants, and whether others cost more."""
    amounts = {good.amount for good in variants}
    return min(amounts), len(amounts) > 1
