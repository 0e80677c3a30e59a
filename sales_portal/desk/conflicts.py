"""Two people changed the same thing: both values are shown, and nothing typed is lost until one is chosen."""

from dataclasses import dataclass
from datetime import datetime

from flask import Response, make_response, render_template, request, url_for

from sales_portal.catalog import questions
from sales_portal.core.errors import Refusal
from sales_portal.customers import queries as customers
from sales_portal.desk import workbench
from sales_portal.orders import queries as orders
from sales_portal.selections import labels, presence
from sales_portal.selections import queries as selections
from sales_portal.selections import service as selection_acts
from sales_portal.selections.errors import ChangedMeanwhile
from sales_portal.selections.models import Selection
from sales_portal.web import formatting, htmx, staff
from sales_portal.web.extensions import db

FIELDS = {"ignores_shipping": "ignore shipping", "ignores_tax": "ignore tax", "ignores_tax_reason":
          "why tax is not charged"}
OWN = ("csrf_token", "version", "act_key", "choice", "is_choice", "reopen")
SWITCHES = ("ignores_shipping", "ignores_tax")
MINE, THEIRS = "mine", "theirs"
LONGEST_KEY = 64


@dataclass(frozen=True, slots=True)
class Choice:
    """One field to choose for: the input that sends the choice with its two values, and both in words."""

    name: str
    what: str
    mine: str
    theirs: str
    mine_words: str
    theirs_words: str


def answer(clash: Refusal) -> Response:
    """Ask which values shall stand; the choice is sent as the same act again, for the version of now."""
    first = clash if isinstance(clash, ChangedMeanwhile) else ChangedMeanwhile(**clash.details)
    selection = _selection()
    choices = [_choice(one, selection) for one in (first, *first.others)]
    named = {choice.name for choice in choices}
    return _asked("conflict", clash, selection, choices=choices, who=first.details["who"], title=clash.text,
                  at=formatting.time(datetime.fromisoformat(str(first.details["at"]))),
                  again=[(key, value) for key, value in _typed() if key not in named])


def answer_closed(refusal: Refusal) -> Response:
    """Say who put the selection away and offer to take it out again, or which order it became."""
    selection = _selection()
    if selection is None or selection.status == "won":
        order = orders.get_order_of_selection(db.session(), selection.id) if selection is not None else None
        return _asked("paid", refusal, selection, order=order)
    archived = selections.get_archiving(db.session(), selection.id)
    who = archived.actor_name if archived is not None else "Somebody"
    return _asked("archived", refusal, selection, title=f"{who} archived {selection.number}", again=_typed())


def settle() -> Response | None:
    """Before an act of the builder: one that was done before is not done twice, and a choice of theirs is no act."""
    typed, number = request.form, (request.view_args or {}).get("number")
    is_builders = request.path.startswith("/selections/") and number is not None
    if not is_builders or not {"act_key", "choice", "reopen", "restores"} & set(typed):
        return None
    session, selection = db.session(), workbench.load(str(number))
    key = typed.get("act_key", "")[:LONGEST_KEY]
    if typed.get("choice") == THEIRS or (key and presence.was_done(session, selection, key)):
        return workbench.changed(selection, whole=True)
    if "reopen" in typed:
        selection_acts.reopen_selection(session, selection, by=staff.current_staff().actor)
    if "restores" in typed and "line_id" in (request.view_args or {}):
        selection_acts.restore_line(session, selection, (request.view_args or {})["line_id"],
                                    by=staff.current_staff().actor)
    return None


def _selection() -> Selection | None:
    return selections.get_selection(db.session(), str((request.view_args or {}).get("number", "")))


def _typed() -> list[tuple[str, str]]:
    return [(key, value) for key, value in request.form.items(multi=True) if key not in OWN]


def _asked(name: str, refusal: Refusal, selection: Selection | None, **shown: object) -> Response:
    number = selection.number if selection is not None else str((request.view_args or {}).get("number", ""))
    shown = {"action": request.path, "version": selection.version if selection is not None else None,
             "selection": selection, "title": refusal.text,
             "back": url_for("desk.builder.show", number=number)} | shown
    if not htmx.is_htmx():
        return make_response(render_template(f"desk/selections/{name}.html", **shown), refusal.status)
    return htmx.fragments(render_template(f"desk/selections/_{name}.html", modal=True, **shown),
                          status=refusal.status, into="#dialog", swap="innerHTML")


def _choice(clash: ChangedMeanwhile, selection: Selection | None) -> Choice:
    details = clash.details
    field, theirs, yours = str(details["field"]), details["theirs"], details["yours"]
    named = FIELDS.get(field) or labels.words_of([field])
    what = f"{named.capitalize()} of {details['thing']}" if details["thing"] else named.capitalize()
    words = _words(field, yours, selection), _words(field, theirs, selection)
    if field in SWITCHES:
        return Choice(field, what, "1" if yours else "", "1" if theirs else "", *words)
    if field in request.form:
        return Choice(field, what, request.form[field], "" if theirs is None else str(theirs), *words)
    return Choice("choice", what, MINE, THEIRS, *words)


def _words(field: str, value: object, selection: Selection | None) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if field == "customer_id":
        customer = customers.get_customer(db.session(), value) if isinstance(value, int) else None
        return customer.display_name if customer is not None else "anyone with the link"
    if field in ("special_price", "chosen_amount") and isinstance(value, int) and selection is not None:
        return formatting.money(value, selection.currency)
    if field == "answers" and isinstance(value, list):
        said = questions.said(value, max((one["unit"] for one in value), default=1))
        return "; ".join(f"{label}: {answer}" for label, answer in said) or "nothing"
    if isinstance(value, list):
        return "; ".join(one["name"] or one["email"] or "nobody yet" for one in value) or "nothing"
    return str(value) if value not in (None, "") else "nothing"
