"""Sending a link by mail, the first time and again."""

from flask import Blueprint, Response, current_app, flash, make_response, render_template, url_for

from sales_portal.accounts.permissions import Permission
from sales_portal.core import clock
from sales_portal.core.errors import Invalid
from sales_portal.desk.forms.links import SendingForm
from sales_portal.desk.links import find_link
from sales_portal.links import sending
from sales_portal.links.models import CheckoutLink
from sales_portal.reports import link_list
from sales_portal.web import formatting, htmx, staff
from sales_portal.web.extensions import db

blueprint = Blueprint("link_sending", __name__, url_prefix="/links/<number>/sending")


@blueprint.get("")
@staff.permit(Permission.LINK_SEND)
def form(number: str) -> Response:
    """Show the mail to be sent, with what became of the last one."""
    link = find_link(number)
    return _show(link, SendingForm(data=_prefilled(link)))


@blueprint.post("")
@staff.permit(Permission.LINK_SEND)
def create(number: str) -> Response:
    """Put the mail on its way. In a dialog the composer answers with what was sent; a page goes back to the link."""
    link, typed = find_link(number), SendingForm()
    if not typed.validate():
        return _show(link, typed, {field.name: field.errors[0] for field in typed if field.errors}, 422)
    try:
        sending.send_link(
            db.session(), link, to=typed.to.data or "", to_name=typed.to_name.data or "",
            message=typed.message.data or "", urls=current_app.extensions["addresses"],
            by=staff.current_staff().actor)
    except Invalid as refusal:
        return _show(link, typed, {refusal.field or "to": refusal.text}, 422)
    said = f"Sent {formatting.time(clock.now())} to {typed.to.data}. We'll tell you when it's delivered."
    if htmx.is_htmx():
        return htmx.fragments(render_template("desk/links/_sending.html", link=link, sent=said))
    flash(said, "success")
    return htmx.go(url_for("desk.links.show", number=link.number))


def _show(link: CheckoutLink, typed: SendingForm, problems: dict[str, str] | None = None,
          status: int = 200) -> Response:
    template = "desk/links/_sending.html" if htmx.is_htmx() else "desk/links/sending.html"
    body = render_template(
        template, link=link, form=typed, problems=problems or {}, in_dialog=htmx.is_htmx(),
        mails=link_list.list_mails(db.session(), link))
    if not htmx.is_htmx():
        return make_response(body, status)
    return htmx.fragments(body, status=status, trigger=None if problems else {"focus": {"to": "#field-to"}})


def _prefilled(link: CheckoutLink) -> dict[str, str]:
    """To whom the link was made, as far as the agent said."""
    known = link.customer
    if known is None:
        return {"to": str(link.prefill.get("email", "")), "to_name": str(link.prefill.get("name", ""))}
    return {"to": known.email, "to_name": known.name}
