"""Money that came too late for an order: its owner reads that it comes back. An invoice: how and until when to pay."""

from datetime import timedelta

from sqlalchemy.orm import Session

from sales_portal.links import service as links
from sales_portal.messaging import service as messaging
from sales_portal.orders import invoicing, placing
from sales_portal.outbox.loop import Loop
from sales_portal.sites.methods import BANK_TRANSFER, INVOICE
from tests import make
from tests.automation.conftest import mails


def test_who_paid_for_nothing_is_told_that_all_of_it_comes_back(
        portal: Session, shop: make.Shop, worker: Loop) -> None:
    made = make.link(portal, make.selection(portal, shop, {shop.bag: 1}))
    key = make.payment(portal, make.visit(portal, made), method=BANK_TRANSFER)
    links.revoke_link(portal, made.link, "", by=shop.agent.actor)
    portal.commit()
    placing.place_order(portal, key, make.gateways(portal), source="customer")
    worker.run_once()
    mail = mails(portal)["payment-returning"]
    text = messaging.display_body(mail).text.replace("\xa0", " ")
    assert (mail.recipient, mail.title) == ("anna@example.com", "Your money comes back")
    assert "Your payment of 369,00 kr arrived, but by then we could no longer make your order." in text
    assert "You get all of it back." in text
    assert "payment-failed" not in mails(portal)


def test_who_pays_by_invoice_reads_how_and_until_when(portal: Session, shop: make.Shop, worker: Loop) -> None:
    shop.site.bank_details = "IBAN SE35 5000 0000 0549 1000 0003"
    make.order(portal, make.link(portal, make.selection(portal, shop, {shop.bag: 1})), method=INVOICE)
    portal.commit()
    worker.run_once()
    receipt = mails(portal)["receipt"]
    text = messaging.display_body(receipt).text.replace("\xa0", " ")
    due = invoicing.today_at(shop.site) + timedelta(days=14)
    assert receipt.title.startswith("Thank you: order ")
    assert f"Invoice INV-{invoicing.today_at(shop.site).year}-0001: please pay 369,00 kr by " in text
    assert f" {due.day} " in text
    assert "IBAN SE35 5000 0000 0549 1000 0003" in text.splitlines()
