"""Addresses that are put together are those Flask builds."""

import flask
import pytest
from flask import Flask

from sales_portal.web import addresses


@pytest.fixture
def app() -> Flask:
    """An app with addresses of every kind."""
    made = Flask("addresses")
    things = flask.Blueprint("things", __name__)
    things.add_url_rule("/things/<number>/part.svg", "part", lambda number: addresses.url_for(".show", number=number))
    things.add_url_rule("/things/<number>", "show", lambda number: "")
    things.add_url_rule("/things", "index", lambda: "")
    made.register_blueprint(things)
    return made


@pytest.mark.parametrize("root", ["/", "/shop"])
@pytest.mark.parametrize(("endpoint", "values"), [
    ("things.part", {"number": "S-1042"}), ("things.show", {"number": "L-1"}), ("things.show", {"number": "a/b ü"}),
    ("things.index", {}), ("things.index", {"number": "S-1042"}), ("things.index", {"q": "S-1042"}),
    ("things.show", {"number": "S-1042", "made": "L-1"}), ("things.show", {"number": "S-1042", "_external": True})])
def test_they_are_those_flask_builds(app: Flask, root: str, endpoint: str, values: dict[str, object]) -> None:
    with app.test_request_context("/things", base_url=f"http://shop.test{root}"):
        for _ in range(2):
            assert addresses.url_for(endpoint, **values) == flask.url_for(endpoint, **values)


def test_a_page_names_its_neighbour_as_for_flask(app: Flask) -> None:
    assert app.test_client().get("/things/S-7/part.svg").text == "/things/S-7"
