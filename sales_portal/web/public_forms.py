"""Forms of people without an account: proof that a POST came from our own page, without storing anything."""

from functools import cache

from flask import current_app
from itsdangerous import BadSignature, TimestampSigner

from sales_portal.core.errors import Refusal
from sales_portal.core.translation import N_
from sales_portal.web import typed

MAX_AGE_SECONDS = 24 * 3600


class ForeignForm(Refusal):
    """The POST did not come from a page of ours, or the page is more than a day old."""

    status = 400
    message = N_("This page was open for too long. Nothing was lost: reload it and press the button again.")


def form_token(subject: str) -> str:
    """A signed value for a hidden field of a form about `subject` (a link address's public id)."""
    return _signer().sign(subject).decode()


def check(subject: str) -> None:
    """Refuse a POST about `subject` that another site sent or whose token is missing, foreign or stale."""
    check_source()
    asked = typed.this_request()
    try:
        signed = _signer().unsign(asked.form.get("form_token", ""), max_age=MAX_AGE_SECONDS)
    except BadSignature:
        raise ForeignForm from None
    if signed != subject.encode():
        raise ForeignForm


def check_source() -> None:
    """Refuse a POST that another site sent; enough alone only where nothing is typed and nothing is given away."""
    asked = typed.this_request()
    if asked.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise ForeignForm
    origin = asked.headers.get("Origin")
    if origin not in (None, "null") and origin.split("://", 1)[-1] != asked.host:
        raise ForeignForm


def _signer() -> TimestampSigner:
    return _signer_with(current_app.config["SECRET_KEY"])


@cache
def _signer_with(secret: str) -> TimestampSigner:
    return TimestampSigner(secret, salt="public-form")
