"""Which terms somebody may choose: by themselves with the permission, or with another's yes where the site asks."""

from sales_portal.accounts.permissions import Permission
from sales_portal.approvals.rules import Why
from sales_portal.core.errors import Forbidden
from sales_portal.selections.models import Selection
from sales_portal.sites.models import Site
from sales_portal.web import staff
from sales_portal.web.extensions import db

_TERMS = {
    "ignores_shipping": (Permission.LINK_IGNORE_SHIPPING, Why.IGNORES_SHIPPING),
    "ignores_tax": (Permission.LINK_IGNORE_TAX, Why.IGNORES_TAX),
    "sells_many": (Permission.LINK_MULTI_USE, Why.SELLS_MANY)}


def terms_of(selection: Selection) -> dict[str, bool]:
    """What the reader may choose about `selection`, as templates ask for it."""
    return {"may_ignore_shipping": _stands(selection, "ignores_shipping") or _may(selection, "ignores_shipping"),
            "may_ignore_tax": _stands(selection, "ignores_tax") or _may(selection, "ignores_tax"),
            "may_sell_many": _may(selection, "sells_many")}


def refuse_terms(selection: Selection, **chosen: bool) -> None:
    """Refuse what of `chosen` the reader may neither choose nor ask for; what stands in `selection` may stay."""
    for name, is_chosen in chosen.items():
        if is_chosen and not _stands(selection, name):
            refuse_term(selection, name)


def refuse_term(selection: Selection, name: str) -> None:
    """Refuse one term the reader may neither choose nor ask for."""
    if not _may(selection, name):
        raise Forbidden(page="this", permission=_TERMS[name][0].value)


def _may(selection: Selection, name: str) -> bool:
    permission, why = _TERMS[name]
    return staff.current_staff().may(permission) or why.value in _site_of(selection).asks_for


def _site_of(selection: Selection) -> Site:
    # After an undo the selection may stand in another market, and its site is not loaded then.
    return db.session().get_one(Site, selection.site_id)


def _stands(selection: Selection, name: str) -> bool:
    return bool(getattr(selection, name, False))
