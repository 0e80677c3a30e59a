"""What stands before the views of a link: each is handed the guest in place of the URL's two secrets."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, make_response, redirect, request
from flask.typing import ResponseReturnValue

from sales_portal.links.errors import LinkNotOpen
from sales_portal.storefront import guests
from sales_portal.storefront.guests import Guest
from sales_portal.web import public_forms

View = Callable[..., ResponseReturnValue]


def at_door(view: View) -> Callable[..., Response]:
    """Hand `view` the guest in place of the URL's two secrets."""
    @wraps(view)
    def answer(public_id: str, token: str, **rest: Any) -> Response:
        guest = guests.receive(public_id, token)
        return guests.with_cookie(guest, view(guest, **rest))
    return answer


def at_lock(view: View) -> Callable[..., Response]:
    """Hand `view` the guest with the link locked, for views that make a private copy at once."""
    @wraps(view)
    def answer(public_id: str, token: str, **rest: Any) -> Response:
        guest = guests.receive_at_lock(public_id, token)
        return guests.with_cookie(guest, view(guest, **rest))
    return answer


def in_checkout(view: View) -> Callable[..., Response]:
    """Hand `view` a guest whose copy may still be bought; anyone else is sent to the link's first page.

    A POST heals: whoever holds the link but lost the copy gets a new one, so that nothing typed is lost. Who must sign
    in first is sent there.
    """
    return _inside(view, lambda guest: "sign_in.show" if guest.must_sign_in else "")


def at_copy(view: View) -> Callable[..., Response]:
    """The same for acts on pages that come before a sign-in."""
    return _inside(view, lambda guest: "")


def at_sign_in(view: View) -> Callable[..., Response]:
    """The same for the step where a customer signs in; who need not is sent on."""
    return _inside(view, lambda guest: "" if guest.must_sign_in else "details.show")


def _inside(view: View, elsewhere: Callable[[Guest], str]) -> Callable[..., Response]:
    @wraps(view)
    def answer(public_id: str, token: str, **rest: Any) -> Response:
        guest = guests.receive(public_id, token)
        if not guest.can_go_on() and not _heals(guest):
            return make_response(redirect(guest.start_url, 303))
        endpoint = elsewhere(guest)
        return guests.with_cookie(guest, redirect(guest.url(endpoint), 303) if endpoint else view(guest, **rest))
    return answer


def up_to_date(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    """Below `in_checkout` or `at_till`: who holds a copy of an older offer is shown what changed instead."""
    @wraps(view)
    def answer(guest: Guest, **rest: Any) -> ResponseReturnValue:
        if guest.is_behind:
            return redirect(guest.url("landing.show"), 303)
        return view(guest, **rest)
    return answer


def at_till(view: View) -> Callable[..., Response]:
    """Hand `view` a guest as `in_checkout` does, where it can with the link and the copy locked for the payment."""
    arriving = in_checkout(view)

    @wraps(view)
    def answer(public_id: str, token: str, **rest: Any) -> Response:
        guest = guests.receive_at_till(public_id, token)
        if guest is not None:
            return guests.with_cookie(guest, view(guest, **rest))
        return arriving(public_id, token, **rest)
    return answer


def _heals(guest: Guest) -> bool:
    if request.method != "POST" or guest.has_bought:
        return False
    public_forms.check_source()
    try:
        guest.claim()
    except LinkNotOpen:
        return False
    return guest.can_go_on()
