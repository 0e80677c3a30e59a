"""The address of a link with values behind it, which fill the checkout in: a form that only builds it."""

from flask import Blueprint, Response, make_response, render_template, request

from sales_portal.accounts.permissions import Permission
from sales_portal.catalog import queries as catalog
from sales_portal.core import clock
from sales_portal.core.errors import NotFound
from sales_portal.desk import link_acts
from sales_portal.desk.forms import link_parameters as forms
from sales_portal.desk.links import address_of, find_link
from sales_portal.links import parameters
from sales_portal.pricing import queries as pricing
from sales_portal.web import formatting, staff
from sales_portal.web.extensions import db

blueprint = Blueprint("link_address", __name__, url_prefix="/links/<number>/address")


@blueprint.get("")
@staff.permit(Permission.LINK_SEND)
def show(number: str) -> Response:
    """The fields this link leaves open, and the address with what was typed into them. Nothing is stored."""
    link = find_link(number)
    if not link_acts.acts_on(link, staff.current_staff(), clock.now()).sees_address:
        raise NotFound(thing=f"an address of {number} that still works")
    offered = forms.open_in(link, catalog.list_custom_fields(db.session()))
    typed = forms.read(request.args, offered, link.currency, formatting.locale())
    code = typed.values.get(parameters.CODE)
    if code and pricing.get_discount_by_code(db.session(), code) is None:
        typed.problems[parameters.CODE] = "There is no discount with this code"
    status = 422 if typed.problems else 200
    url = parameters.address_with(address_of(link), typed.values) if typed.values and not typed.problems else ""
    return make_response(render_template(
        "desk/link_address/show.html", link=link, offered=offered, typed=typed, url=url, names=parameters,
        is_personal=parameters.is_personal(typed.values)), status)
