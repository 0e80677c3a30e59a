"""A shop whose agent may give 15 %, and those who may decide for her."""

from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from tests import make
from tests.make import Shop


@dataclass(frozen=True, slots=True)
class People:
    """Maria asks; Erik leads her team, Sven another one; Astrid owns the shop; Ingrid is a senior of Maria's team."""

    maria: Staff
    erik: Staff
    sven: Staff
    astrid: Staff
    ingrid: Staff


@pytest.fixture
def shop(kept_shop: Shop) -> Shop:
    """A small complete shop."""
    return kept_shop


@pytest.fixture
def people(session: Session, shop: Shop) -> People:
    """Who works there."""
    north, south = make.team(session), make.team(session)
    shop.agent.team_id = north.id
    others = (("Erik Holm", "manager", north), ("Sven Ek", "manager", south), ("Astrid Berg", "admin", None),
              ("Ingrid Sund", "senior_agent", north))
    return People(shop.agent, *(make.staff(session, name, site=shop.site, role=role, team=team)
                                for name, role, team in others))
