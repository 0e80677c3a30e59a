"""Makes things with sensible defaults: `make.shop(session)` is a small complete shop, the rest are its parts.

Everything is flushed, nothing is committed. Names count up, so that a test may make as many as it likes.
"""

from tests.make.approving import approval
from tests.make.buying import Linked, claim, decide, gateway, gateways, link, order, payment, visit, visitor
from tests.make.hooks import endpoint
from tests.make.people import account, address, customer, grant, picture, role, staff, team, whole
from tests.make.places import font, market, site, warehouse
from tests.make.prices import cost, discount, price, pricelist, shipping, tax_rate
from tests.make.products import line_field, many_products, offer, product, training, variant
from tests.make.shops import Shop, give, line, norway, selection, shop

__all__ = [
    "Linked",
    "Shop",
    "account",
    "address",
    "approval",
    "claim",
    "cost",
    "customer",
    "decide",
    "discount",
    "endpoint",
    "font",
    "gateway",
    "gateways",
    "give",
    "grant",
    "line",
    "line_field",
    "link",
    "many_products",
    "market",
    "norway",
    "offer",
    "order",
    "payment",
    "picture",
    "price",
    "pricelist",
    "product",
    "role",
    "selection",
    "shipping",
    "shop",
    "site",
    "staff",
    "tax_rate",
    "team",
    "training",
    "variant",
    "visit",
    "visitor",
    "warehouse",
    "whole",
]
