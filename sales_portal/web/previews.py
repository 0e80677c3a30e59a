"""Looking at what customers will see before there is anything for them: addresses that staff pages hand out."""

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer

MAX_AGE_SECONDS = 12 * 3600


def token_of(selection_id: int) -> str:
    """The part of the address that names a selection; nobody can make one up."""
    return str(_serializer().dumps(selection_id))


def read(token: str) -> int | None:
    """The selection a token names; None where it is foreign or old."""
    try:
        return int(_serializer().loads(token, max_age=MAX_AGE_SECONDS))
    except (BadSignature, ValueError, TypeError):
        return None


def mail_token(**written: str) -> str:
    """The part of an address that holds a mail being written; nobody can make one up."""
    return str(_serializer("mail-preview").dumps(written))


def read_mail(token: str) -> dict[str, str]:
    """What a token says of a mail; empty where it is foreign or old."""
    try:
        return dict(_serializer("mail-preview").loads(token, max_age=MAX_AGE_SECONDS))
    except (BadSignature, ValueError, TypeError):
        return {}


def _serializer(purpose: str = "selection-preview") -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=purpose)
