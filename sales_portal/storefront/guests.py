"""Who stands at the door: the link a URL names, and the private copy this browser's cookie holds."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from flask import Response, make_response, request, url_for
from flask.typing import ResponseReturnValue

from sales_portal.checkout import copying, prefilling, signing_in, updating
from sales_portal.checkout import queries as visits
from sales_portal.checkout import service as checkout
from sales_portal.checkout.models import CheckoutSession
from sales_portal.checkout.prefilling import Brought
from sales_portal.core import clock
from sales_portal.links import queries as links
from sales_portal.links.models import CheckoutLink
from sales_portal.links.opening import Opener
from sales_portal.links.state import LinkState
from sales_portal.orders import queries as orders
from sales_portal.orders.queries import Seen
from sales_portal.payments import starting
from sales_portal.payments.starting import Held
from sales_portal.storefront import limits, speech
from sales_portal.storefront.errors import InMaintenance, UnknownLink
from sales_portal.web import public_forms, security, typed
from sales_portal.web.edge import SAFE
from sales_portal.web.extensions import db

PREFIX = "/selection/<public_id>/<token>"
COOKIE = "visit"
COOKIE_SECONDS = int(copying.LIFETIME.total_seconds())
RETURNING = "again"
RETURNING_SECONDS = 30 * 24 * 3600
"""How long a browser that lost its session may press *Continue* and find what it typed. It reads nothing by that."""

FINISHING = frozenset({"storefront.payment.show", "storefront.receipt.show", "storefront.declining.show",
                       "storefront.declining.decline"})
"""Where a payment that was begun comes to its end, and mails do, whatever is done to the site meanwhile."""

# What has no link's shape is looked up all the same, so that no answer comes quicker than another.
_PUBLIC_ID = re.compile("[0-9a-f]{32}")
_NO_ID = "-" * 32


class Caller:
    """Whoever stands under a link's own URL, known by its two secrets alone."""

    __slots__ = ()
    public_id: str
    token: str

    @property
    def form_token(self) -> str:
        """The hidden value of every form about this link."""
        return public_forms.form_token(self.public_id)

    def check_form(self) -> None:
        """Refuse a POST that did not come from a fresh page about this link."""
        public_forms.check(self.public_id)

    def url(self, endpoint: str, **values: Any) -> str:
        """The address of another page of this link."""
        if values:
            return url_for(f"storefront.{endpoint}", public_id=self.public_id, token=self.token, **values)
        return f"{typed.this_request().root_path}/selection/{self.public_id}/{self.token}{_end_of(endpoint)}"


@cache
def _end_of(endpoint: str) -> str:
    """What follows a link's two secrets in the address of a page; building each address anew takes fifty calls."""
    return url_for(f"storefront.{endpoint}", public_id=_NO_ID, token=_NO_ID).rpartition(_NO_ID)[2]


@dataclass(slots=True)
class Payer(Caller):
    """Who comes back from the provider: of the link nothing is read but the newest payment of this browser's copy."""

    public_id: str
    token: str
    payment: Seen | None


@dataclass(slots=True)
class Guest(Caller):
    """One request under a link's own URL. `visit` is this browser's copy, whatever became of it.

    Without `has_questions`, `has_seats` or `has_line_fields` there are none; with them there may be.
    """

    public_id: str
    token: str
    link: CheckoutLink
    visit: CheckoutSession | None
    visitor_token: str | None
    must_set_cookie: bool = False
    is_locked: bool = False
    has_questions: bool = True
    has_seats: bool = True
    has_line_fields: bool = True
    held: Held | None = None

    @property
    def state(self) -> LinkState:
        """What the link is now."""
        return self.link.state(clock.now())

    @property
    def copy(self) -> CheckoutSession:
        """This browser's copy; only for views behind `in_checkout`, which see to it."""
        if self.visit is None:
            raise RuntimeError("this view needs `in_checkout`")
        return self.visit

    @property
    def has_bought(self) -> bool:
        """Whether this browser's copy became an order."""
        return self.visit is not None and self.visit.status == "completed"

    @property
    def is_welcome(self) -> bool:
        """Whether a newcomer may go on from here."""
        return self.state is LinkState.ACTIVE and not self.link.breaks_at_sign_in

    @property
    def must_sign_in(self) -> bool:
        """Whether this browser's copy waits for its customer to sign in."""
        return self.visit is not None and signing_in.is_needed(self.visit, self.link)

    def can_go_on(self) -> bool:
        """Whether this browser holds a copy that may still be bought.

        `first_closes` lets copies made before the first order live on; every other end of the link ends them.
        """
        visit, link, at = self.visit, self.link, clock.now()
        if visit is None or not visit.is_living(at) or link.breaks_at_sign_in:
            return False
        if link.is_open(at):
            return True
        is_in_time = link.expires_at is None or at < link.expires_at
        return link.policy == "first_closes" and link.status == "consumed" and link.consumed_at is not None \
            and visit.claimed_at < link.consumed_at and is_in_time

    @property
    def is_behind(self) -> bool:
        """Whether this browser's copy is of an older offer than the link has by now."""
        return self.visit is not None and updating.is_behind(self.visit, self.link)

    def items_url(self, **values: Any) -> str:
        """The first page with the items on it, also where the link skips that page."""
        return self.url("landing.show", **({"items": 1} if self.link.skips_landing else {}), **values)

    @property
    def start_url(self) -> str:
        """The first page for who comes to another one without a copy; it says so where the link still sells."""
        is_lost = self.state is LinkState.ACTIVE and not self.has_bought and not self.can_go_on()
        return self.url("landing.show", **({"ended": 1} if is_lost and request.method in SAFE else {}))

    def claim(self, choice: int | None = None, brought: Brought = prefilling.NOTHING,
              opened_by: Opener | None = None, *, by_machine: bool = False, is_pressed: bool = True) -> CheckoutSession:
        """This browser's copy, made now where it has none; refuses with `LinkNotOpen`. See `checkout.claim`."""
        claimed = checkout.claim(
            db.session(), self.link, visitor_token=self.visitor_token, returning_token=returning_token(),
            choice=choice, brought=brought, opened_by=opened_by, by_machine=by_machine, is_pressed=is_pressed,
            is_locked=self.is_locked)
        self.visit, self.visitor_token, self.must_set_cookie = claimed.visit, claimed.visitor_token, True
        self.has_seats = self.has_line_fields = True
        return claimed.visit


def receive(public_id: str, token: str) -> Guest:
    """The guest behind a URL; an unknown id and a wrong token are the same `UnknownLink` after the same work."""
    visitor_token, for_page = _visitor_token(), typed.this_request().method in SAFE
    found = visits.find_link(db.session(), _looked_up(public_id), token, visitor_token, for_page=for_page)
    if found is None:
        limits.count_miss()
        raise UnknownLink
    _refuse_in_maintenance(found.link)
    guest = Guest(public_id, token, found.link, found.visit, visitor_token, has_questions=found.has_questions,
                  has_seats=found.has_seats, has_line_fields=found.has_line_fields)
    if for_page:
        speech.speak_for(guest.link)
    else:
        speech.speak_when_asked(guest.link)
    return guest


def introduce(guest: Guest) -> None:
    """Before a page is made: have the people at hand whom it names, and write as its customers read."""
    links.name_people(db.session(), guest.link)
    speech.speak_for(guest.link)


def receive_at_lock(public_id: str, token: str) -> Guest:
    """The guest behind a URL, with the link's row locked and the copy not looked for: *Continue* finds or makes it."""
    link = links.lock_addressed(db.session(), public_id, token)
    if link is None:
        limits.count_miss()
        raise UnknownLink
    _refuse_in_maintenance(link)
    speech.speak_when_asked(link)
    return Guest(public_id, token, link, None, _visitor_token(), is_locked=True)


def receive_at_till(public_id: str, token: str) -> Guest | None:
    """The guest behind a URL with the link and the copy locked for a payment; None where that copy can't be paid."""
    visitor_token = _visitor_token()
    held = starting.hold(db.session(), public_id, token, visitor_token) if visitor_token else None
    if held is None:
        return None
    _refuse_in_maintenance(held.link)
    speech.speak_when_asked(held.link)
    guest = Guest(public_id, token, held.link, held.copy, visitor_token, held=held)
    return guest if guest.can_go_on() and not guest.must_sign_in else None


def receive_payer(public_id: str, token: str) -> Payer:
    """Who comes back from the provider to a URL; refuses as `receive` does."""
    is_right, payment = orders.see_last_payment(db.session(), _looked_up(public_id), token, _visitor_token())
    if not is_right:
        limits.count_miss()
        raise UnknownLink
    return Payer(public_id, token, payment)


def _refuse_in_maintenance(link: CheckoutLink) -> None:
    if link.site.is_in_maintenance and typed.this_request().endpoint not in FINISHING:
        raise InMaintenance(link=link)


def _looked_up(public_id: str) -> str:
    return public_id if _PUBLIC_ID.fullmatch(public_id) else _NO_ID


def _visitor_token() -> str | None:
    return typed.this_request().cookies.get(security.cookie_name(COOKIE))


def returning_token() -> str | None:
    """The token this browser had when it last pressed *Continue*, whose session may be over."""
    return request.cookies.get(security.cookie_name(RETURNING))


def with_cookie(guest: Guest, answer: ResponseReturnValue) -> Response:
    """`answer` with the cookies of a guest whose copy was claimed."""
    response = make_response(answer)
    if guest.must_set_cookie and guest.visitor_token is not None:
        for name, seconds in ((COOKIE, COOKIE_SECONDS), (RETURNING, RETURNING_SECONDS)):
            response.set_cookie(security.cookie_name(name), guest.visitor_token, max_age=seconds, path="/",
                                secure=security.has_secure_cookies(), httponly=True, samesite="Lax")
    return response
