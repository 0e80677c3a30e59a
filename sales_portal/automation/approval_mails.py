"""The mails about approvals: to those who may decide, and to whoever asked."""

from decimal import Decimal

from babel.numbers import format_decimal

from sales_portal.accounts.models import Staff
from sales_portal.accounts.permissions import Permission
from sales_portal.approvals import deciding
from sales_portal.approvals.models import Approval, ApprovalItem
from sales_portal.approvals.rules import Why
from sales_portal.core.errors import Invalid
from sales_portal.core.money import Money
from sales_portal.links.addresses import Addresses
from sales_portal.links.models import CheckoutLink
from sales_portal.messaging import contexts
from sales_portal.messaging import service as messaging
from sales_portal.messaging.models import Delivery
from sales_portal.messaging.staff_contexts import ApprovalAnswered, ApprovalNeeded, Asked
from sales_portal.outbox.errors import PermanentFailure

TERMS = {Why.IGNORES_SHIPPING: "Shipping is not charged", Why.IGNORES_TAX: "Tax is not charged",
         Why.SELLS_MANY: "The link can be paid more than once"}


def needed(approval: Approval, decider: Staff, addresses: Addresses) -> Delivery:
    """What asks `decider` (role and grants loaded) for an answer; margins only for those who may see them."""
    site, asker = approval.selection.site, approval.asked_by
    sees = decider.may(Permission.COST_AND_MARGIN)
    return _write(
        approval, decider, "approval-needed", reply_to=asker, url=addresses.page_url("approvals", approval.number),
        context=dict(ApprovalNeeded(
            brand=contexts.brand_of(site), asker_name=asker.name, approval_number=approval.number,
            selection_number=approval.selection.number, customer_name=_customer(approval), message=approval.message,
            parts_asked=[_asked(item, sees, site.locale) for item in approval.items])))


def answered(approval: Approval, addresses: Addresses, *, link: CheckoutLink | None, mailed_to: str,
             problem: str) -> Delivery:
    """What tells whoever asked the answer, and what came of it."""
    decider, selection = approval.decided_by, approval.selection
    if decider is None:
        raise PermanentFailure("Nobody has answered")
    url = addresses.desk_url(link) if link is not None else addresses.page_url("selections", selection.number)
    return _write(
        approval, approval.asked_by, "approval-answered", reply_to=decider, url=url,
        context=dict(ApprovalAnswered(
            brand=contexts.brand_of(selection.site), decider_name=decider.name, approval_number=approval.number,
            selection_number=selection.number, customer_name=_customer(approval),
            is_approved=approval.status == "approved", comment=approval.comment,
            link_number=link.number if link is not None else "", mailed_to=mailed_to, problem=problem)))


def _asked(item: ApprovalItem, sees_margin: bool, locale: str) -> Asked:
    line, whole = deciding.line_of(item), deciding.whole_of(item)
    if whole is not None:
        return Asked(
            f"All lines with {whole.labels}", Money(whole.list_amount, whole.currency),
            Money(whole.asked_amount, whole.currency), _off(whole.percent, locale),
            _margin(whole.margin, sees_margin, locale), "")
    if line is None:
        return Asked(TERMS[Why(item.asked["whys"][0])], None, None, "", "", "")
    listed = Money(line.list_amount, line.currency) if line.list_amount is not None else None
    return Asked(
        f"{line.quantity} × {line.title}", listed, Money(line.unit_amount, line.currency),
        _off(line.percent, locale), _margin(line.margin, sees_margin, locale), line.reason)


def _off(percent: int | None, locale: str) -> str:
    return "" if percent is None else f"−{_percent(percent, locale)}"


def _margin(margin: int | None, sees_margin: bool, locale: str) -> str:
    return "" if margin is None or not sees_margin else _percent(margin, locale)


def _percent(thousandths: int, locale: str) -> str:
    return format_decimal(Decimal(thousandths) / 1000, format="#,##0.#", locale=locale.replace("-", "_")) + "\u00a0%"


def _customer(approval: Approval) -> str:
    customer = approval.selection.customer
    return customer.display_name if customer is not None else "anyone with the link"


def _write(approval: Approval, to: Staff, template: str, *, reply_to: Staff, url: str,
           context: dict[str, object]) -> Delivery:
    site = approval.selection.site
    try:
        return messaging.write_mail(
            template=template, to=to.email, to_name=to.name, sender_name=site.name, reply_to=reply_to.email,
            subject=approval, context=context, url=url, locale=site.locale, time_zone=site.time_zone)
    except Invalid as refusal:
        raise PermanentFailure(f"No mail can go to that address: {refusal.text}") from refusal
