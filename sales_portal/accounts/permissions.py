"""What staff may do: permissions, how far each reaches, and the six roles that ship with the portal."""

from enum import StrEnum


class Permission(StrEnum):
    """One thing a role may allow."""

    SELECTIONS = "selections"
    SELECTIONS_EDIT = "selections.edit"
    SELECTIONS_ADHOC = "selections.adhoc"
    LINKS = "links"
    LINK_CREATE = "link.create"
    LINK_SEND = "link.send"
    LINK_REVOKE = "link.revoke"
    LINK_IGNORE_SHIPPING = "link.ignore_shipping"
    LINK_IGNORE_TAX = "link.ignore_tax"
    LINK_MULTI_USE = "link.multi_use"
    COST_AND_MARGIN = "price.see_cost_and_margin"
    CUSTOMERS = "customers"
    CUSTOMERS_EDIT = "customers.edit"
    ORDERS = "orders"
    INVOICES_SETTLE = "invoices.settle"
    REFUND_ASK = "refund.ask"
    REFUND_DECIDE = "refund.decide"
    APPROVALS_DECIDE = "approvals.decide"
    APPROVALS_BELOW_MARGIN = "approvals.below_margin"
    REPORTS = "reports"
    SETTINGS = "settings"
    SETTINGS_EDIT = "settings.edit"
    MAILBOX = "mailbox"
    DEVELOPERS = "developers"
    DEVELOPERS_EDIT = "developers.edit"


class Reach(StrEnum):
    """Whose things a permission covers."""

    OWN = "own"
    TEAM = "team"
    ALL = "all"


P, OWN, TEAM, ALL = Permission, Reach.OWN, Reach.TEAM, Reach.ALL

_SELLING = (P.SELECTIONS, P.SELECTIONS_EDIT, P.SELECTIONS_ADHOC, P.LINKS, P.LINK_CREATE, P.LINK_SEND, P.LINK_REVOKE,
            P.LINK_IGNORE_SHIPPING, P.LINK_IGNORE_TAX, P.LINK_MULTI_USE)


def _selling(reach: Reach) -> dict[Permission, Reach]:
    return dict.fromkeys(_SELLING, reach) | {P.CUSTOMERS: ALL, P.CUSTOMERS_EDIT: ALL, P.ORDERS: reach,
                                             P.REFUND_ASK: reach}


ROLES: dict[str, tuple[str, dict[Permission, Reach]]] = {
    "agent": ("Agent", _selling(OWN) | {P.REPORTS: OWN}),
    "senior_agent": ("Senior agent", _selling(TEAM) | {P.REPORTS: OWN, P.COST_AND_MARGIN: ALL}),
    "manager": ("Manager", _selling(TEAM) | {
        P.REPORTS: TEAM, P.COST_AND_MARGIN: ALL, P.SETTINGS: ALL, P.MAILBOX: ALL, P.APPROVALS_DECIDE: TEAM,
        P.APPROVALS_BELOW_MARGIN: TEAM, P.INVOICES_SETTLE: TEAM, P.REFUND_DECIDE: TEAM}),
    "admin": ("Administrator", dict.fromkeys(Permission, ALL)),
    "integrator": ("Integrator", {P.DEVELOPERS: ALL, P.DEVELOPERS_EDIT: ALL}),
    "auditor": ("Read-only", dict.fromkeys((P.SELECTIONS, P.LINKS, P.CUSTOMERS, P.ORDERS, P.REPORTS, P.COST_AND_MARGIN,
                                            P.SETTINGS, P.DEVELOPERS), ALL)),
}
"""Slug → (name, permission → reach): the presets of a new portal; an administrator may change them afterwards."""

DISCOUNT_LIMITS: dict[str, int] = {"agent": 15_000, "senior_agent": 25_000, "manager": 40_000}
"""Slug → thousandths of a percent its people may take off a list price without asking; the others have no limit."""
