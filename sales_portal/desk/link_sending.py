"""Sending a link by mail, the first time and again."""

from flask import Blueprint, Response, current_app, flash, make_response, render_template, request, url_for

from sales_portal.accounts.permissions import Permission
from sales_portal.core import clock
from sales_portal.core.errors import Invalid
from sales_portal.customers import typos
from sales_portal.desk import link_people
from sales_portal.desk.forms.links import SendingForm
from sales_portal.desk.links import find_link
from sales_portal.links import sending
from sales_portal.links.models import CheckoutLink
from sales_portal.messaging.errors import TooManyMails
from sales_portal.messaging.models import BY_PEOPLE, READY
from sales_portal.messaging.rendering import Rendered
from sales_portal.reports import link_list
from sales_portal.web import formatting, htmx, previews, security, staff
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
    """Put the mails on their way, one for each address.

    In a dialog the composer answers with what was sent; a page goes back to the link.
    """
    link, typed = find_link(number), SendingForm()
    if not typed.validate():
        return _show(link, typed, {field.name: field.errors[0] for field in typed if field.errors}, 422)
    try:
        with db.session().begin_nested():
            _send(link, typed)
    except (Invalid, TooManyMails) as refusal:
        return _show(link, typed, {refusal.field or "to": refusal.text}, refusal.status)
    said = f"Sent {formatting.time(clock.now())} to {_everybody(typed)}. We'll tell you when it's delivered."
    if htmx.is_htmx():
        return htmx.fragments(render_template("desk/links/_sending.html", link=link, sent=said))
    flash(said, "success")
    return htmx.go(url_for("desk.links.show", number=link.number))


@blueprint.post("/preview")
@staff.permit(Permission.LINK_SEND)
def preview(number: str) -> Response:
    """The mail as it would be sent now, beside the form it is written in; nothing is kept."""
    link, typed = find_link(number), SendingForm()
    if not htmx.is_htmx():
        return _show(link, typed)
    return htmx.fragments(render_template("desk/links/_mail_preview.html", link=link, **_previewed(link, typed)))


@blueprint.get("/preview")
@staff.permit(Permission.LINK_SEND)
def page(number: str) -> Response:
    """The HTML of a mail being written, for the frame that shows it: a page that can do nothing."""
    link = find_link(number)
    written = previews.read_mail(request.args.get("mail", "")) or _prefilled(link)
    return security.is_inert(make_response(_rendered(link, written).html))


def _send(link: CheckoutLink, typed: SendingForm) -> None:
    people = [(typed.to.data or "", typed.to_name.data or ""), *((address, "") for address in typed.further())]
    for to, name in people:
        sending.send_link(
            db.session(), link, to=to, to_name=name, message=_message_of(typed), template=typed.chosen(),
            urls=current_app.extensions["addresses"], by=staff.current_staff().actor)


def _everybody(typed: SendingForm) -> str:
    first, further = typed.to.data or "", typed.further()
    if len(further) < 2:
        return " and ".join([first, *further])
    return f"{first} and {len(further)} others"


def _show(link: CheckoutLink, typed: SendingForm, problems: dict[str, str] | None = None,
          status: int = 200) -> Response:
    template = "desk/links/_sending.html" if htmx.is_htmx() else "desk/links/sending.html"
    mails = link_list.list_mails(db.session(), link)
    body = render_template(
        template, link=link, form=typed, problems=problems or {}, in_dialog=htmx.is_htmx(), mails=mails,
        last=link_people.last_mail(db.session(), link, mails), several=link_people.several(link),
        **_previewed(link, typed))
    if not htmx.is_htmx():
        return security.shows_frames(make_response(body, status))
    return htmx.fragments(body, status=status, trigger=None if problems else {"focus": {"to": "#field-to"}})


def _previewed(link: CheckoutLink, typed: SendingForm) -> dict[str, object]:
    written = {"to": typed.to.data or "", "to_name": typed.to_name.data or "", "message": _message_of(typed),
               "template": typed.chosen()}
    mail, view = _rendered(link, written), typed.shown_as()
    url = url_for(".page", number=link.number, mail=previews.mail_token(**written))
    return {"mail": mail, "view": view, "preview_url": url}


def _rendered(link: CheckoutLink, written: dict[str, str]) -> Rendered:
    return sending.preview(
        db.session(), link, to=written["to"], to_name=written["to_name"], message=written["message"],
        template=written["template"], urls=current_app.extensions["addresses"])


def _message_of(typed: SendingForm) -> str:
    # Browsers send the ends of lines as two characters.
    return (typed.message.data or "").replace("\r\n", "\n")


def _prefilled(link: CheckoutLink) -> dict[str, str]:
    """The last mail once more, to whom it should have gone; else whom the link is for, and the selection's note."""
    mails = [mail for mail in link_list.list_mails(db.session(), link) if mail.template in BY_PEOPLE]
    last = next((mail for mail in mails if str(mail.id) == request.args.get("correct")), mails[0] if mails else None)
    if last is not None:
        fixed = typos.meant(last.recipient) if last.state == "failed" else ""
        return {"to": fixed or last.recipient, "to_name": last.recipient_name, "message": last.note,
                "template": last.template}
    first, known = {"message": link.customer_note, "template": READY}, link.customer
    if known is None:
        return first | {"to": str(link.prefill.get("email", "")), "to_name": str(link.prefill.get("name", ""))}
    return first | {"to": known.email, "to_name": known.name}
