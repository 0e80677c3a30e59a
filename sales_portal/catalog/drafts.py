"""What somebody wants the catalogue to say: plain values, before any row is read or written.

None always means that nothing is said: what is there stays, and a new row gets the column's default. A new variant
without a position comes last.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class VariantDraft:
    """One variant as it shall be; its SKU says which one is meant."""

    sku: str
    title: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    barcode: str | None = None
    weight_grams: int | None = None
    pack_size: int | None = None
    position: int | None = None


@dataclass(frozen=True, slots=True)
class ProductFacts:
    """What is said of a product as a whole."""

    title: str
    description: str | None = None
    vendor: str | None = None
    image: str | None = None
    image_source: str | None = None
    is_published: bool = True


@dataclass(frozen=True, slots=True)
class ProductDraft:
    """One product as it shall be; its slug says which one is meant. Variants it does not name stay as they are.

    Without `facts` the product must exist and keeps its own. `kind`, `tax_class` and `is_pay_what_you_want` count
    for a new product only: on them hangs what was sold before.
    """

    slug: str
    facts: ProductFacts | None
    variants: tuple[VariantDraft, ...] = ()
    kind: str = "goods"
    tax_class: str = "standard"
    is_pay_what_you_want: bool = False
