"""The way out where nothing ships to a customer's country: a market that sells there, else somebody who can add it."""

from collections.abc import Sequence
from urllib.parse import quote

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.accounts.models import Role, Staff
from sales_portal.markets.models import Market
from sales_portal.selections import checks
from sales_portal.selections.basket import Basket

CODES = frozenset({"shipping.none", "shipping.elsewhere"})


def ways_of(session: Session, basket: Basket, markets: Sequence[Market]) -> dict[str, tuple[str, str]]:
    """By the code of a check, the words and the address of what settles it; empty where everything ships."""
    return {check.code: _way(session, basket, markets, check.text, check.code == "shipping.elsewhere")
            for check in basket.checks_of(None) if check.code in CODES}


def _way(session: Session, basket: Basket, markets: Sequence[Market], text: str,
         is_home: bool) -> tuple[str, str]:
    country = (basket.home_country if is_home else None) or basket.country
    selection = basket.selection
    for market in markets:
        if market.id != selection.market_id and country in {served.country for served in market.countries}:
            return "Switch market", url_for("desk.switching.show", number=selection.number, market=market.id)
    subject = quote(f"Shipping to {checks.country_name(country)}")
    body = quote(f"{text} {selection.number} waits for it. Can you add a way to ship there?")
    return "Tell an admin", f"mailto:{_admins(session)}?subject={subject}&body={body}"


def _admins(session: Session) -> str:
    found = session.scalars(select(Staff.email).join(Role, Role.id == Staff.role_id)
                            .where(Role.slug == "admin", Staff.is_active).order_by(Staff.id).limit(3)).all()
    return ",".join(quote(email, safe="@") for email in found)
