"""The links pages: every link within reach, and one link with everything that happened to it."""

from flask import Blueprint, Response, current_app, make_response, render_template, request

from sales_portal.accounts.permissions import Permission, Reach
from sales_portal.approvals.models import Approval
from sales_portal.checkout import queries as visits
from sales_portal.core import clock, paging, translation
from sales_portal.core.errors import NotFound
from sales_portal.desk import frozen_totals, line_notes, link_acts, link_options, link_people, listing, scope, timeline
from sales_portal.desk.forms.links import PROGRESSES, LinkFilters
from sales_portal.history import queries as history
from sales_portal.history.models import Event
from sales_portal.links import opening, texting, updating
from sales_portal.links import queries as links
from sales_portal.links.languages import language_of
from sales_portal.links.models import CheckoutLink
from sales_portal.links.promise import promise_of
from sales_portal.links.state import LinkState
from sales_portal.orders import queries as orders
from sales_portal.reports import link_list
from sales_portal.web import formatting, staff
from sales_portal.web.extensions import db

blueprint = Blueprint("links", __name__, url_prefix="/links")


@blueprint.get("")
@staff.permit(Permission.LINKS)
def index() -> Response:
    """The list, newest first; a filter swaps it in place."""
    filters, at = LinkFilters(request.args), clock.now()
    found = scope.narrow(link_list.list_links(filters.wanted(), at), CheckoutLink.agent_id, staff.current_staff(),
                         staff.reach())
    page = listing.read(found, CheckoutLink.id)
    return listing.answer(
        "links", filters, page, found, CheckoutLink.id, at=at, states=list(LinkState), progresses=PROGRESSES,
        agents=_agents(), acts={link.id: link_acts.acts_on(link, staff.current_staff(), at) for link in page.rows},
        sent=link_list.last_sent(db.session(), [link.id for link in page.rows]))


@blueprint.get("/<number>")
@staff.permit(Permission.LINKS)
def show(number: str) -> Response:
    """One link: its address, what it promises and holds, who used it, and its history."""
    link, session, at, person = find_link(number), db.session(), clock.now(), staff.current_staff()
    acts = link_acts.acts_on(link, person, at)
    url = address_of(link) if acts.sees_address else None
    mails, seen = link_list.list_mails(session, link), opening.read_seen(session, link, link.addresses)
    stands_on = [Approval(id=key) for key in link.approval_ids]
    past = paging.read(session, history.list_timeline(link, *stands_on), Event.id, request.args.get("before"))
    return make_response(render_template(
        "desk/links/show.html", link=link, at=at, acts=acts, url=url, short_text=short_text(link, url) if url else "",
        promise=promise_of(link, formatting.locale(), link.site.time_zone), page=past,
        options=link_options.facts_of(link), totals=frozen_totals.rows_of_link(link),
        trials=frozen_totals.trials_of(link.lines), answer_notes=line_notes.of_answers,
        versions=updating.list_versions(session, link.id) if link.offer_version > 1 else (),
        timeline=timeline.entries(past.rows, is_whole=past.is_first and past.older is None, recipients={
            address.public_id: address.recipient for address in link.addresses if address.recipient}),
        visits=(there := visits.list_visits_of_link(session, link.id)),
        added=visits.list_added_titles(session, [visit.id for visit in there]) if link.may_add_products else {},
        orders=orders.list_orders_of_link(session, link.id), mails=mails,
        people=link_people.people_of(seen, mails), seen=seen, bounce=link_people.bounce_of(mails)))


def find_link(number: str) -> CheckoutLink:
    """The link behind `L-2087` where the view's permission reaches it; refuses with `NotFound` elsewhere."""
    link = links.get_link(db.session(), number)
    if link is None or not scope.covers(link.agent, staff.current_staff(), staff.reach()):
        raise NotFound(thing=f"the link {number}")
    return link


def address_of(link: CheckoutLink) -> str:
    """The secret URL of a link, for those who may send it."""
    url: str = current_app.extensions["addresses"].link_url(link.addresses[0], link.site)
    return url


def short_text(link: CheckoutLink, url: str) -> str:
    """The link in a few words of its customer's language, to paste into a chat; needs agent, customer and market."""
    spoken = language_of(link)
    with translation.speaking(spoken):
        return texting.short_text(
            url, first_name=(link.customer.first_name or "") if link.customer is not None else "",
            agent_name=link.agent.first_name,
            until=formatting.date(link.expires_at, translation.written_in(spoken, link.market.locale))
            if link.expires_at else "")


def _agents() -> list[tuple[int, str]]:
    """Whose links may be chosen between; nobody's where only one's own are shown."""
    if staff.reach() is Reach.OWN:
        return []
    return scope.list_colleagues(db.session(), staff.current_staff(), staff.reach())
