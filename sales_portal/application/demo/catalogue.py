"""What Nordlight sells, and how much of it lies where."""

from zlib import crc32

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from sales_portal.application.demo import reading
from sales_portal.application.demo.reading import Item
from sales_portal.catalog import service as catalog
from sales_portal.catalog.drafts import ProductDraft, ProductFacts, VariantDraft
from sales_portal.catalog.models import CustomField, CustomFieldProduct, Product
from sales_portal.inventory import service as inventory
from sales_portal.inventory.models import Warehouse

GOODS = ("furniture", "textiles", "lighting", "kitchen", "pantry", "outdoor", "decoration", "wear")
OUT_OF_SEASON = frozenset({"Christmas hamper", "Advent candelabra"})
IN_PACKS_OF = {"Oat biscuits": 6, "Lingonberry jam": 12}
ENGRAVED = ("Oak board", "Bread board with tray")
IN_STOCKHOLM = {"TSH-0042": 14, "BAG-0110": 31, "CAP-0007": 1}
IN_GOTHENBURG = {"TSH-0042": 6, "CAP-0007": 9}
AT_ONCE = 100
HEAVY_GRAMS = 15_000
Ids = dict[str, int]


def load_goods(session: Session) -> Ids:
    """Everything with a table of its own; variant ids by SKU."""
    return save(session, [item for department in (*GOODS, "services") for item in reading.items(department)])


def save(session: Session, items: list[Item], *, is_pay_what_you_want: bool = False) -> Ids:
    """Put items into the catalogue; variant ids by SKU."""
    ids: Ids = {}
    for first in range(0, len(items), AT_ONCE):
        drafts = [draft(item, is_pay_what_you_want) for item in items[first:first + AT_ONCE]]
        ids |= catalog.save_products(session, drafts).variant_ids
    return ids


def draft(item: Item, is_pay_what_you_want: bool = False) -> ProductDraft:
    """A product as its table describes it."""
    facts = ProductFacts(title=item.title, description=item.text, vendor=item.vendor,
                         image=f"products/{item.picture}.svg", is_published=item.title not in OUT_OF_SEASON)
    variants = tuple(
        VariantDraft(sku=article.sku, title=article.title, options=article.options, position=position,
                     barcode=barcode(article.sku) if item.kind == "goods" else None, weight_grams=item.grams,
                     pack_size=IN_PACKS_OF.get(item.title, 1))
        for position, article in enumerate(item.articles, 1))
    return ProductDraft(slug=item.slug, facts=facts, variants=variants, kind=item.kind, tax_class=item.tax_class,
                        is_pay_what_you_want=is_pay_what_you_want)


def load_stock(session: Session, ids: Ids, stockholm: Warehouse, gothenburg: Warehouse) -> None:
    """Count every article in both warehouses: some are sold out, some are at their last one."""
    articles = [(item, article.sku) for department in GOODS for item in reading.items(department)
                for article in item.articles]
    inventory.set_many(session, stockholm.id, {
        ids[sku]: IN_STOCKHOLM.get(sku, _count(sku, item.grams)) for item, sku in articles})
    inventory.set_many(session, gothenburg.id, {
        ids[sku]: IN_GOTHENBURG.get(sku, left_over(sku)) for item, sku in articles})


def load_custom_fields(session: Session) -> None:
    """What a checkout asks beside the address, and of a line."""
    engraving = CustomField(slug="engraving", label="Engraving", hint="Up to 20 letters, burnt in at our workshop",
                            level="line", position=2)
    session.add(CustomField(slug="purchase-order-number", label="Purchase order number",
                            hint="If your company needs it on the invoice", is_required=False, position=1))
    session.add(engraving)
    session.flush()
    session.execute(insert(CustomFieldProduct), [
        {"custom_field_id": engraving.id, "product_id": product_id} for product_id in session.scalars(
            select(Product.id).where(Product.title.in_(ENGRAVED)))])


def barcode(sku: str) -> str:
    """A valid EAN-13 below a Swedish prefix, the same for a SKU every time."""
    letters, _, number = sku.partition("-")
    shop = sum((ord(letter) - 65) * 26**place for place, letter in enumerate(reversed(letters))) % 100_000
    digits = f"735{shop:05}{int(number):04}"
    odd, even = sum(map(int, digits[::2])), sum(map(int, digits[1::2]))
    return f"{digits}{-(odd + 3 * even) % 10}"


def left_over(sku: str) -> int:
    """How many of an article the outlet in Gothenburg has; of most none."""
    chance = crc32(f"outlet {sku}".encode())
    return 1 + chance // 7 % 9 if chance % 7 < 3 else 0


def _count(sku: str, grams: int) -> int:
    chance = crc32(sku.encode())
    if chance % 20 < 2:
        return 0
    if chance % 20 == 2:
        return 1
    return 2 + chance // 20 % (9 if grams >= HEAVY_GRAMS else 60)
