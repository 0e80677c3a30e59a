"""Who tells one of the demo's stories: what its acts have made so far."""

from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from sales_portal.application.demo.staging import Stage
from sales_portal.application.demo.stories import Story
from sales_portal.checkout import queries as visit_queries
from sales_portal.checkout.models import CheckoutSession
from sales_portal.customers.models import Customer
from sales_portal.links import queries as link_queries
from sales_portal.links.models import CheckoutLink, LinkAddress
from sales_portal.selections.models import Selection


@dataclass(slots=True)
class Telling:
    """One story being told: what its acts have made so far."""

    stage: Stage
    story: Story
    number: int
    selection_id: int = 0
    link_id: int = 0
    tokens: dict[int, str] = field(default_factory=dict)

    @property
    def session(self) -> Session:
        """Where everything is done."""
        return self.stage.session

    @property
    def agent(self) -> Staff:
        """Who sells."""
        return self.session.get_one(Staff, self.stage.staff[self.story.agent])

    @property
    def customer(self) -> Customer | None:
        """Whom the selection is for; None for anyone."""
        buyer = self.stage.buyers.get(self.story.customer)
        return self.session.get_one(Customer, buyer.customer_id) if buyer is not None else None

    @property
    def selection(self) -> Selection:
        """What the agent put together."""
        return self.session.get_one(Selection, self.selection_id)

    @property
    def link(self) -> CheckoutLink:
        """The newest link of the story, read afresh."""
        return link_queries.lock_link(self.session, self.link_id)

    @property
    def whole_link(self) -> CheckoutLink:
        """The same with everything its page names."""
        found = link_queries.get_link(self.session, self.link.number)
        if found is None:
            raise LookupError(self.link_id)
        return found

    @property
    def address(self) -> LinkAddress:
        """The secret address of that link."""
        return self.session.scalars(
            select(LinkAddress).where(LinkAddress.link_id == self.link_id).order_by(LinkAddress.id)
            .limit(1)).one()

    def visit(self, visitor: int) -> CheckoutSession:
        """The private copy of a browser."""
        found = visit_queries.get_visit(self.session, self.link_id, self.tokens[visitor])
        if found is None:
            raise LookupError(visitor)
        return found
