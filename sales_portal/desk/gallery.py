"""The component gallery: every macro of the templates in every state."""

from flask import Blueprint, Response, make_response, render_template

from sales_portal.accounts.permissions import Permission
from sales_portal.web import staff

blueprint = Blueprint("ui", __name__, url_prefix="/ui")


@blueprint.get("")
@staff.permit(Permission.SETTINGS_EDIT)
def index() -> Response:
    """The gallery, in the theme, direction and density the address asks for."""
    return make_response(render_template("desk/gallery.html"))
