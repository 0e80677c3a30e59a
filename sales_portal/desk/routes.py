"""The staff door: every noun's views under one guard."""

from flask import Blueprint
from flask_wtf.csrf import CSRFError

from sales_portal.desk import (
    ad_hoc,
    alerts,
    approvals,
    archiving,
    asking,
    builder,
    cloning,
    conflicts,
    customer_details,
    customer_picker,
    customers,
    discounts,
    extra_payments,
    gallery,
    gone_lines,
    home,
    invoices,
    line_details,
    line_prices,
    lines,
    link_address,
    link_card,
    link_dialog,
    link_life,
    link_replacement,
    link_sending,
    link_update,
    links,
    login,
    mailbox,
    order_undo,
    orders,
    pasting,
    preferences,
    presence,
    product_pages,
    products,
    profile,
    review,
    selections,
    shell,
    stale_forms,
    start,
    switching,
    undoing,
    validating,
    ways_out,
    webhook_deliveries,
    webhooks,
)
from sales_portal.desk.settings import site_look, site_payment, site_refunds, site_sign_in, site_storefront, sites
from sales_portal.selections.errors import ChangedMeanwhile, LineGone, SelectionClosed
from sales_portal.web import staff

NOUNS = (
    login, home, start, selections, builder, discounts, lines, line_prices, line_details, ad_hoc, pasting, ways_out,
    products, customer_picker, link_dialog, review, links, link_life, link_address,
    link_replacement, link_update,
    undoing, cloning, presence, archiving,
    link_sending, link_card, customers, orders, order_undo, mailbox, alerts, approvals, asking, profile, preferences,
    gallery, product_pages, switching, extra_payments, invoices, customer_details, validating,
    sites, site_look, site_storefront, site_sign_in, site_payment, site_refunds,
    webhooks, webhook_deliveries,
)


def door() -> Blueprint:
    """All staff views, closed to whoever lacks the permission a view declares."""
    desk = Blueprint("desk", __name__)
    for noun in NOUNS:
        desk.register_blueprint(noun.blueprint)
    desk.before_request(staff.guard)
    desk.before_request(shell.speak_for_staff)
    desk.context_processor(shell.context)
    desk.before_request(conflicts.settle)
    desk.register_error_handler(ChangedMeanwhile, conflicts.answer)
    desk.register_error_handler(SelectionClosed, conflicts.answer_closed)
    desk.register_error_handler(LineGone, gone_lines.answer)
    desk.register_error_handler(CSRFError, stale_forms.answer)
    return desk
