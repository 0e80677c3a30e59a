"""A form whose fields are read when they are looked at holds what the same form of WTForms holds."""

from typing import Any

import pytest
from flask import Flask
from wtforms import BooleanField, StringField

from sales_portal.desk.forms.sent_form import SentForm, text, ticked
from sales_portal.desk.forms.staff_form import StaffForm
from sales_portal.web.typed import Request


class _Theirs(StaffForm):
    label = StringField()
    box = BooleanField()


class _Ours(SentForm):
    label = text()
    box = ticked()


@pytest.fixture
def app() -> Flask:
    """An app that reads requests as the portal does."""
    made = Flask("forms")
    made.secret_key = "key"
    made.request_class = Request
    return made


@pytest.mark.parametrize("sent", [
    {}, {"label": "a"}, {"label": ["a", "b"], "box": "y"}, {"box": ""}, {"box": "false"}, {"box": ["", "y"]},
    {"other": "x"}, {"label": "", "box": "on"}])
def test_it_holds_what_was_sent(app: Flask, sent: dict[str, Any]) -> None:
    with app.test_request_context("/", method="POST", data=sent):
        theirs, ours = _Theirs(), _Ours()
        assert (ours.label.data, ours.box.data) == (theirs.label.data, theirs.box.data)


def test_nothing_in_the_address_or_in_json_stands_in_for_it(app: Flask) -> None:
    for request in ({"query_string": {"label": "a"}}, {"method": "POST", "json": {"label": "a"}}):
        with app.test_request_context("/", **request):
            assert _Ours().label.data is None


def test_it_starts_with_what_it_is_given_whatever_was_sent(app: Flask) -> None:
    with app.test_request_context("/", method="POST", data={"label": "sent"}):
        form = _Ours({"label": "first", "box": 1})
        assert (form.label.data, form.box.data) == ("first", True)


def test_what_is_set_on_a_field_stays(app: Flask) -> None:
    with app.test_request_context("/", method="POST", data={"label": "sent"}):
        form, other = _Ours(), _Ours()
        form.label.data = "set"
        assert (form.label.data, other.label.data) == ("set", "sent")
