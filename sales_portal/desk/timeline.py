"""The history in words: one sentence for every fact, with what its data says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from string import Formatter
from typing import Any

from babel.dates import format_timedelta

from sales_portal.core.money import is_currency
from sales_portal.desk import approval_parts
from sales_portal.desk.undo_reasons import CANCEL_WORDS, REFUND_WORDS
from sales_portal.history.events import EventName
from sales_portal.history.models import Event
from sales_portal.web import formatting

MONEY = ("total", "total_before", "amount", "left")
INSTANTS = ("until",)
DAYS = ("due", "paid_on")
WORDS: Mapping[str, Mapping[str, str]] = {
    "changes": {"nothing": "exactly these items", "more": "with changes allowed", "pick_one": "one of these products"},
    "policy": {"single": "once", "first_closes": "until somebody has paid", "reusable": "more than once"},
    "term": {"ignore_shipping": "not charging shipping", "ignore_tax": "not charging tax",
             "multi_use": "a link that can be paid more than once"},
    "wish": {"new_link": "asked for a new link", "alternative": "asked for something else: this is sold out",
             "back_in_stock": "wants to know when it is back in stock", "not_me": "says somebody else used the link",
             "question": "has a question about the link"},
    "refund_reason": REFUND_WORDS, "cancel_reason": CANCEL_WORDS,
}
REASONS: Mapping[str, str] = {
    "sold_out": "sold out meanwhile", "used": "the link was used already", "revoked": "the link was revoked",
    "late": "the time to pay was over", "discount_used_up": "the discount was used up",
    "changed": "the customer changed the order while paying",
    "account": "the customer could not buy on behalf of the account",
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """How one kind of fact is told. A part that names something the fact does not say is left out; `otherwise` stands
    in for the first one."""

    icon: str
    tone: str
    parts: tuple[str, ...]
    otherwise: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One fact as a timeline shows it."""

    icon: str
    tone: str
    text: str
    at: datetime


def _told(icon: str, tone: str, *parts: str, otherwise: str = "") -> Sentence:
    return Sentence(icon, tone, parts, otherwise)


SENTENCES: Mapping[EventName, Sentence] = {
    EventName.STAFF_SIGNED_IN: _told("user", "neutral", "{who} logged in"),
    EventName.STAFF_SIGNED_OUT: _told("log-out", "neutral", "{who} logged out"),
    EventName.STAFF_PHOTO_CHANGED: _told("user", "neutral", "{who} changed their photo"),
    EventName.STAFF_LEFT: _told("log-out", "neutral", "{who} let somebody go", "{successor} takes over"),
    EventName.PRODUCTS_IMPORTED: _told("box", "neutral", "{who} imported products"),
    EventName.STOCK_CHANGED: _told("box", "neutral", "{who} corrected the stock", "{before} → {after}"),
    EventName.SITE_CHANGED: _told("settings", "neutral", "{who} changed the site", "{changed}"),
    EventName.ACCOUNT_CREATED: _told("building", "neutral", "{who} added the account {account}",
                                     otherwise="{who} added an account"),
    EventName.CUSTOMER_CREATED: _told("user-plus", "neutral", "{who} added the customer"),
    EventName.CUSTOMER_CHANGED: _told("pencil", "neutral", "{who} changed account or address"),
    EventName.SELECTION_CREATED: _told("selections", "neutral", "{who} started the selection"),
    EventName.SELECTION_LINE_ADDED: _told("plus", "neutral", "{who} added {title}", "quantity {quantity}",
                                          otherwise="{who} added a line"),
    EventName.SELECTION_LINE_CHANGED: _told("pencil", "neutral", "{who} changed {title}", "{before} → {after}",
                                            otherwise="{who} changed a line"),
    EventName.SELECTION_LINE_REMOVED: _told("minus", "neutral", "{who} removed {title}",
                                            otherwise="{who} removed a line"),
    EventName.SELECTION_CHANGED: _told("pencil", "neutral", "{who} changed the selection"),
    EventName.SELECTION_REPRICED: _told("globe", "neutral", "{who} switched to {market}, {pricelist}",
                                            otherwise="{who} switched market or pricelist"),
    EventName.SELECTION_UNDONE: _told("undo", "neutral", "{who} undid: {label}", otherwise="{who} undid a step"),
    EventName.SELECTION_REDONE: _told("redo", "neutral", "{who} redid: {label}", otherwise="{who} redid a step"),
    EventName.SELECTION_RESTORED: _told("history", "neutral", "{who} restored: {label}",
                                        otherwise="{who} restored an earlier version"),
    EventName.SELECTION_REOPENED: _told("undo", "neutral", "{who} took the selection out of the archive"),
    EventName.SELECTION_ARCHIVED: _told("archive", "neutral", "{who} archived the selection"),
    EventName.SELECTION_WON: _told("trophy", "success", "The selection was won"),
    EventName.APPROVAL_ASKED: _told("approvals", "warning", "{who} asked for {asked}", "{approval}", "“{message}”",
                                    otherwise="{who} asked for an approval"),
    EventName.APPROVAL_APPROVED: _told("check-circle", "success", "{who} approved {approval}", "after {minutes} min",
                                       "“{comment}”", otherwise="{who} approved it"),
    EventName.APPROVAL_REJECTED: _told("x-circle", "danger", "{who} said no to {approval}", "after {minutes} min",
                                       "“{comment}”", otherwise="{who} said no"),
    EventName.APPROVAL_WITHDRAWN: _told("undo", "neutral", "{approval} was withdrawn",
                                        otherwise="The approval was withdrawn"),
    EventName.LINK_CREATED: _told("link", "info", "{who} created the link from {selection} v{selection_version}",
                                  "{changes}", "{policy}", "until {until}", "{shipping_waived}", "{tax_waived}",
                                  otherwise="{who} created the link"),
    EventName.LINK_COPIED: _told("copy", "neutral", "{who} copied the link"),
    EventName.LINK_SENT: _told("send", "info", "{who} sent the link", "to {to}"),
    EventName.LINK_OPENED: _told("eye", "violet", "Opened by {recipient}", "on a {device}", "{browser}", "{nth} time",
                                 otherwise="Opened"),
    EventName.LINK_CHECKED_BY_MACHINE: _told("shield", "neutral", "A machine checked the link (not counted)"),
    EventName.LINK_EXTENDED: _told("calendar", "info", "{who} extended the link to {until}",
                                   otherwise="{who} extended the link"),
    EventName.LINK_PAUSED: _told("pause", "warning", "{who} put the link on hold"),
    EventName.LINK_RESUMED: _told("undo", "info", "{who} opened the link again"),
    EventName.LINK_STOCKED: _told("box", "success", "Everything is in stock, the link started",
                                  otherwise="The link started"),
    EventName.LINK_REVOKED: _told("ban", "danger", "{who} revoked the link", "“{reason}”"),
    EventName.LINK_REPLACED: _told("arrows", "neutral", "{who} replaced {link} by {replacement}",
                                   otherwise="{who} replaced the link"),
    EventName.LINK_UPDATED: _told("arrows", "info", "{who} updated the offer to {selection} v{selection_version}",
                                  "{total_before} → {total}", otherwise="{who} updated the offer"),
    EventName.LINK_EXPIRED: _told("calendar-x", "neutral", "The link expired"),
    EventName.LINK_DECLINED: _told("ban", "warning", "{who} wants no more mails about the link"),
    EventName.LINK_REQUESTED_ANEW: _told("message", "warning", "{who} {wish}",
                                          otherwise="{who} asked for a new link"),
    EventName.LINK_REQUEST_ANSWERED: _told("check", "neutral", "{who} answered the customer"),
    EventName.VISIT_STARTED: _told("cart", "violet", "{straight}", "on behalf of {on_behalf_of}",
                                  otherwise="Continued to checkout"),
    EventName.VISIT_PRODUCT_ADDED: _told("plus", "violet", "Added {title}", "quantity {quantity}",
                                         otherwise="Added a product"),
    EventName.VISIT_PRODUCT_REMOVED: _told("minus", "violet", "Removed {title} again",
                                           otherwise="Removed a product again"),
    EventName.VISIT_SIGNED_IN: _told("key", "violet", "Signed in by a code"),
    EventName.VISIT_DETAILS_GIVEN: _told("pencil", "violet", "Filled in the details"),
    EventName.VISIT_DELIVERY_CHOSEN: _told("truck", "violet", "Chose the delivery", "{delivery}"),
    EventName.VISIT_UPDATED: _told("check", "violet", "Accepted the updated offer"),
    EventName.VISIT_EXPIRED: _told("clock", "neutral", "Left the checkout; the visit ended by itself"),
    EventName.PAYMENT_STARTED: _told("card", "violet", "Went to pay {total}", otherwise="Went to pay"),
    EventName.PAYMENT_DECLINED: _told("card-x", "danger", "Payment declined by the bank"),
    EventName.PAYMENT_CANCELLED: _told("card-x", "warning", "Cancelled the payment"),
    EventName.PAYMENT_CAPTURED: _told("check", "success", "The money was taken", "{total}"),
    EventName.PAYMENT_VOIDED: _told("undo", "neutral", "The payment was given back; nothing was charged"),
    EventName.PAYMENT_REFUNDED: _told("undo", "neutral", "Sent {total} back to the customer",
                                      otherwise="Sent the money back to the customer"),
    EventName.PAYMENT_PROLONGED: _told("clock", "violet", "Asked for more time to pay"),
    EventName.PAYMENT_CAPTURE_FAILED: _told("card-x", "danger", "The bank no longer let us take the money",
                                            "nothing was charged"),
    EventName.PAYMENT_DISPUTED: _told("triangle", "danger", "The customer's bank asks {amount} back", "{reason}",
                                      otherwise="The customer's bank asks money back"),
    EventName.PAYMENT_DISPUTE_ENDED: _told("shield", "neutral", "The dispute over {amount} was {dispute_status}",
                                           otherwise="The dispute ended"),
    EventName.ORDER_PLACED: _told("orders", "success", "Ordered for {total}", "order {order}",
                                  "on behalf of {on_behalf_of}", otherwise="Ordered"),
    EventName.ORDER_REFUSED: _told("x-circle", "danger", "No order was made", "{reason}", "{money}"),
    EventName.ORDER_DEPOSIT_PAID: _told("check", "info", "Paid a deposit of {total}", "order {order}", "{left} to come",
                                        otherwise="Paid a deposit"),
    EventName.ORDER_PAID: _told("check", "success", "Paid {total}", "order {order}", "{after_sending} after sending",
                                otherwise="Paid"),
    EventName.INVOICE_ISSUED: _told("file", "info", "Invoice {invoice} was issued", "due {due}",
                                    otherwise="An invoice was issued"),
    EventName.INVOICE_PAID: _told("check", "success", "{who} marked invoice {invoice} as paid", "on {paid_on}",
                                  "“{reference}”", otherwise="{who} marked the invoice as paid"),
    EventName.INVOICE_VOIDED: _told("ban", "neutral", "{who} voided invoice {invoice}",
                                    otherwise="{who} voided the invoice"),
    EventName.ORDER_CANCELLED: _told("x-circle", "danger", "{who} cancelled order {order}", "{cancel_reason}",
                                     "“{note}”", otherwise="{who} cancelled the order"),
    EventName.ORDER_REFUNDED: _told("undo", "warning", "Refunded {amount}", "{left} left",
                                    otherwise="Money went back to the customer"),
    EventName.CANCELLATION_ASKED: _told("approvals", "warning", "{who} asked to cancel {order}", "{cancel_reason}",
                                        "“{note}”", otherwise="{who} asked to cancel the order"),
    EventName.CANCELLATION_REFUSED: _told("x-circle", "neutral", "{who} said no to cancelling {order}",
                                          otherwise="{who} said no to cancelling"),
    EventName.REFUND_ASKED: _told("approvals", "warning", "{who} asked to refund {amount}", "{refund_reason}",
                                  "“{note}”", otherwise="{who} asked for a refund"),
    EventName.REFUND_APPROVED: _told("undo", "info", "{who} refunds {amount}", "{refund_reason}", "“{note}”",
                                     otherwise="{who} started a refund"),
    EventName.REFUND_REFUSED: _told("x-circle", "neutral", "{who} said no to refunding {amount}",
                                    otherwise="{who} said no to a refund"),
    EventName.REFUND_FAILED: _told("x-circle", "danger", "Refunding {amount} failed", "{reason}",
                                   otherwise="A refund failed"),
    EventName.SUBSCRIPTION_STARTED: _told("arrows", "success", "{title} started",
                                            otherwise="The subscription started"),
    EventName.MAIL_QUEUED: _told("mail", "neutral", "Mail “{title}” is on its way to {to}",
                                  otherwise="A mail is on its way"),
    EventName.MAIL_SENT: _told("mail", "info", "Mail “{title}” was sent to {to}", otherwise="A mail was sent"),
    EventName.MAIL_FAILED: _told("mail-x", "danger", "Mail “{title}” could not be sent to {to}", "{reason}",
                                  otherwise="A mail could not be sent"),
    EventName.ENDPOINT_CREATED: _told("webhook", "info", "{who} added a webhook", "{url}"),
    EventName.ENDPOINT_CHANGED: _told("webhook", "neutral", "{who} changed a webhook", "{url}"),
    EventName.ENDPOINT_SECRET_CHANGED: _told("key", "neutral", "{who} made a webhook a new secret", "{url}"),
    EventName.ENDPOINT_TURNED_OFF: _told("webhook", "warning", "{who} turned a webhook off", "{url}"),
    EventName.ENDPOINT_TURNED_ON: _told("webhook", "info", "{who} turned a webhook on", "{url}"),
    EventName.ENDPOINT_REMOVED: _told("webhook", "neutral", "{who} removed a webhook", "{url}"),
}


def entries(events: Sequence[Event], *, is_whole: bool, recipients: Mapping[str, str] | None = None) -> list[Entry]:
    """`events`, newest first, in words. `is_whole`: nothing older exists, so that openings can be counted.

    `recipients` says whom an address of the link was given to, by its public id.
    """
    told, sent_at, opened = [], None, 0
    for event in reversed(events):
        more: dict[str, str] = {}
        if event.name == EventName.LINK_SENT:
            sent_at = sent_at or event.at
        if event.name == EventName.LINK_OPENED:
            opened += 1
            more = {"nth": _ordinal(opened)} if is_whole and opened > 1 else {}
            more |= _recipient(event, recipients or {})
        if event.name == EventName.ORDER_PAID and sent_at is not None:
            more = {"after_sending": format_timedelta(event.at - sent_at, locale=formatting.locale())}
        told.append(tell(event, more))
    return told[::-1]


def tell(event: Event, more: Mapping[str, str] | None = None) -> Entry:
    """One fact in words; `more` adds what its neighbours say of it."""
    sentence = SENTENCES[EventName(event.name)]
    known = _values(event) | dict(more or {})
    first, *further = sentence.parts
    if not _fields(first) <= known.keys():
        first = sentence.otherwise
    parts = [part.format_map(known) for part in (first, *further) if _fields(part) <= known.keys()]
    return Entry(sentence.icon, sentence.tone, " · ".join(parts), event.at)


def _recipient(event: Event, recipients: Mapping[str, str]) -> dict[str, str]:
    known = recipients.get(str(event.data.get("address", "")))
    return {"recipient": known} if known else {}


def _fields(part: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(part) if name}


def _values(event: Event) -> dict[str, str]:
    data = event.data
    values = {key: _worded(key, value, data) for key, value in data.items() if _is_said(value)}
    if event.name == EventName.ORDER_REFUSED:
        values["money"] = "the money goes back" if data.get("was_charged") is True else "nothing was charged"
        if "reason" in values:
            values["reason"] = REASONS.get(values["reason"], values["reason"])
    if isinstance(data.get("asked"), list):
        values["asked"] = ", ".join(map(_asked, data["asked"]))
    if data.get("ignores_shipping") is True:
        values["shipping_waived"] = "delivery not charged"
    if data.get("ignores_tax") is True:
        values["tax_waived"] = f"tax not charged: {data.get('ignores_tax_reason', '')}".rstrip(": ")
    if data.get("skipped") is True:
        values["straight"] = "Led straight to checkout by the link"
    return values | {"who": event.actor_name}


def _asked(part: Mapping[str, Any]) -> str:
    if "term" in part:
        return WORDS["term"].get(part["term"], part["term"])
    what = part["line"] if "line" in part else f"all lines with {part['discounts']}"
    percent = part["percent"]
    return f"{formatting.percent(approval_parts.rounded(percent))} on {what}" if percent else f"another price of {what}"


def _is_said(value: object) -> bool:
    return isinstance(value, int) or (isinstance(value, str) and value != "")


def _worded(key: str, value: Any, data: Mapping[str, Any]) -> str:
    if key in MONEY and isinstance(value, int) and is_currency(str(data.get("currency"))):
        return formatting.money(value, data["currency"])
    if key in INSTANTS and isinstance(value, str):
        return formatting.date(datetime.fromisoformat(value))
    if key in DAYS and isinstance(value, str):
        return formatting.date(date.fromisoformat(value))
    return WORDS.get(key, {}).get(str(value), str(value))


def _ordinal(number: int) -> str:
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
