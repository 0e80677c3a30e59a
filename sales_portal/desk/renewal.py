"""What a link would be for its selection as it is now: shown before it is replaced or its offer updated."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response, flash, make_response, render_template, request, url_for

from sales_portal.approvals import service as approving
from sales_portal.core import clock
from sales_portal.core.errors import Invalid
from sales_portal.core.money import Money
from sales_portal.desk import approval_parts, preflight, workbench
from sales_portal.desk import links as link_pages
from sales_portal.desk.approval_parts import Asking
from sales_portal.desk.forms.approvals import AskForm
from sales_portal.links import deposits, presets, snapshot, stored_terms
from sales_portal.links import promise as promises
from sales_portal.links import queries as links
from sales_portal.links.models import CheckoutLink
from sales_portal.links.promise import Promise
from sales_portal.links.terms import LinkTerms, check_terms
from sales_portal.selections import basket as baskets
from sales_portal.selections.acts import refuse_closed
from sales_portal.selections.basket import Basket
from sales_portal.web import formatting, htmx, staff
from sales_portal.web.extensions import db

TermsOf = Callable[[CheckoutLink, Basket], LinkTerms]


@dataclass(frozen=True, slots=True)
class Renewal:
    """A link and its selection, with what it would promise, or `problem`: why it can't be as things stand."""

    link: CheckoutLink
    basket: Basket
    promise: Promise | None = None
    total: Money | None = None
    asking: Asking | None = None
    problem: str = ""

    @property
    def fixes(self) -> list[preflight.Item]:
        """What stands in the way in the selection, each with the way to its field."""
        builder_url = url_for("desk.builder.show", number=self.basket.selection.number)
        return [preflight.told(check, self.basket, builder_url) for check in self.basket.blocks]


def load(number: str, *, is_locked: bool = False) -> tuple[CheckoutLink, Basket]:
    """The link with this number and what its selection is now; locked in the order in which orders lock them."""
    link, session = link_pages.find_link(number), db.session()
    if is_locked:
        links.lock_link(session, link.id)
        link = link_pages.find_link(number)
    selection = workbench.load(link.selection.number)
    return link, baskets.read_basket(session, selection, is_locked=is_locked)


def would_be(link: CheckoutLink, basket: Basket, terms_of: TermsOf) -> Renewal:
    """What would come of it; refuses with `SelectionClosed` where the selection is won or archived."""
    refuse_closed(basket.selection)
    if basket.blocks:
        return Renewal(link, basket, problem="The selection has to be put in order first.")
    try:
        terms, priced = _applied(link, basket, terms_of)
        check_terms(priced, terms, clock.now())
        frozen = snapshot.freeze(priced, terms, clock.now())
        deposits.check(frozen, terms, basket.selection.site)
    except Invalid as refusal:
        return Renewal(link, basket, problem=refusal.text)
    customer = basket.selection.customer
    line = promises.promise(frozen, terms, customer.display_name if customer is not None else None,
                            formatting.locale(), basket.selection.site.time_zone)
    return Renewal(link, basket, line, Money(frozen.quote.total_amount, frozen.quote.currency),
                   approval_parts.asking(priced, stored_terms.decided_of(terms)))


def show(template: str, renewal: Renewal, *, request_key: str, status: int = 200, **shown: Any) -> Response:
    """The dialog for htmx, a page by itself."""
    name = f"_{template}" if htmx.is_htmx() else template
    return make_response(render_template(
        f"desk/links/{name}.html", renewal=renewal, link=renewal.link, selection=renewal.basket.selection,
        request_key=request_key, modal=htmx.is_htmx(), asking=renewal.asking, **shown), status)


def asked(link: CheckoutLink, basket: Basket, terms_of: TermsOf, act: str, request_key: str) -> Response | None:
    """Ask for the yes that is needed, where the form does, and go back to the link; None where it does not ask yet."""
    typed, person = AskForm(), staff.current_staff()
    if not typed.asks.data:
        return None
    terms, priced = _applied(link, basket, terms_of)
    approval = approving.ask(
        db.session(), priced, stored_terms.decided_of(terms), stored_terms.pack(terms),
        message=typed.approval_message.data or "", wants_link=False, person=person,
        request_key=request_key, by=person.actor)
    able = approval_parts.names(approving.list_able(db.session(), approval)) or "your managers"
    flash(f"Sent to {able}. Once it is approved you can {act}.", "success")
    return htmx.go(url_for("desk.links.show", number=link.number))


def sent_key() -> str:
    """The key of the form that was sent, which makes the same form sent twice one act."""
    return request.form.get("request_key", "")[:40]


def _applied(link: CheckoutLink, basket: Basket, terms_of: TermsOf) -> tuple[LinkTerms, Basket]:
    terms = terms_of(link, basket)
    return terms, presets.apply(db.session(), basket, terms)
