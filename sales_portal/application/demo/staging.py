"""What playing the demo's past needs: one connection for everybody, a provider, a worker, and who is who."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from sales_portal.accounts.models import Staff
from sales_portal.automation import approvals
from sales_portal.automation import jobs as automation
from sales_portal.catalog.models import Variant
from sales_portal.checkout import service as checkout
from sales_portal.customers.models import Customer, CustomerAddress
from sales_portal.links import service as links
from sales_portal.links.addresses import Addresses
from sales_portal.messaging import jobs as messaging
from sales_portal.orders import jobs as orders
from sales_portal.outbox.loop import Loop
from sales_portal.payments.gateway import Gateways
from sales_portal.payments.test_gateway import TestGateway

HOME = ("street", "street_2", "postcode", "city", "region", "country")
SPARE_PHONE = "+46 70 174 06 99"


@dataclass(frozen=True, slots=True)
class Buyer:
    """A customer as they fill in a checkout: plain values, so that they outlive a transaction."""

    customer_id: int
    email: str
    name: str
    phone: str
    company: str
    home: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything the acts of a story work with."""

    session: Session
    addresses: Addresses
    gateways: Gateways
    loop: Loop
    staff: Mapping[str, int]
    buyers: Mapping[str, Buyer]
    variants: Mapping[str, int]

    def work(self) -> None:
        """Do the jobs that are due at the instant the clock stands at, and those that come of them."""
        self.session.commit()
        while self.loop.run_once():
            pass

    def run_out(self) -> None:
        """End the links and visits whose time is over at the instant the clock stands at."""
        links.expire_due(self.session)
        checkout.expire_due(self.session)


@contextmanager
def stage(session: Session, base_url: str) -> Iterator[Stage]:
    """Set the stage inside the transaction of `session`.

    Services that commit, the provider and the worker all work on its one connection, where a commit is a savepoint:
    the demo shop is loaded whole or not at all, and without hundreds of waits for the disk.
    """
    session.flush()
    connection = session.connection()
    sessions = sessionmaker(connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
    addresses, gateways = Addresses(base_url), {"test": TestGateway(connection, base_url)}
    handlers = {**messaging.handlers(None), **orders.handlers(sessions, gateways), **automation.handlers(addresses),
                **approvals.handlers(addresses)}
    with sessions() as own:
        yield Stage(own, addresses, gateways, Loop(sessions, handlers), _staff(own), _buyers(own), _variants(own))
        own.commit()
    session.expire_all()


def _staff(session: Session) -> dict[str, int]:
    return {person.first_name.lower(): person.id for person in session.scalars(select(Staff))}


def _buyers(session: Session) -> dict[str, Buyer]:
    rows = session.execute(select(Customer, CustomerAddress).join(CustomerAddress)).all()
    return {row.Customer.email: Buyer(
        row.Customer.id, row.Customer.email, row.Customer.name, row.Customer.phone or SPARE_PHONE, row.Customer.company,
        {part: getattr(row.CustomerAddress, part) for part in HOME}) for row in rows}


def _variants(session: Session) -> dict[str, int]:
    return {row.sku: row.id for row in session.execute(select(Variant.sku, Variant.id))}
