"""The staff door: every noun's views under one guard."""

from flask import Blueprint

from sales_portal.web import staff

NOUNS: tuple[Blueprint, ...] = ()


def door() -> Blueprint:
    """All staff views, closed to whoever lacks the permission a view declares."""
    desk = Blueprint("desk", __name__)
    for noun in NOUNS:
        desk.register_blueprint(noun)
    desk.before_request(staff.guard)
    return desk
