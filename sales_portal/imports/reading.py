"""From the rows of one handle to the product they describe, and the rows that describe none with the reason."""

from collections.abc import Sequence
from dataclasses import dataclass

from sales_portal.catalog.drafts import ProductDraft, ProductFacts, VariantDraft
from sales_portal.imports import text
from sales_portal.imports.cells import Cells
from sales_portal.imports.shopify import Row

LONGEST_DESCRIPTION = 20_000
LONGEST_HTML = 200_000
_OPTIONS = (1, 2, 3)
_HANDLE_ENDS = frozenset("/?#%\\")
_NO_OPTION = "Default Title"
"""What Shopify writes as the one option value of a product without options."""


@dataclass(frozen=True, slots=True)
class Line:
    """One good row: the variant it describes, its price in minor units, and its stock where the file says it."""

    row: Row
    variant: VariantDraft
    amount: int
    quantity: int | None


@dataclass(frozen=True, slots=True)
class BadRow:
    """One row that cannot be taken in, and why."""

    row: Row
    problem: str


@dataclass(frozen=True, slots=True)
class Terms:
    """How the file's amounts are read: in which currency, and whether a comma may be the decimal separator."""

    currency: str
    has_decimal_commas: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """What the rows of one handle say: a product with its good lines, and the bad rows."""

    slug: str
    facts: ProductFacts | None
    kind: str
    tax_class: str
    lines: tuple[Line, ...]
    bad: tuple[BadRow, ...]

    def draft(self, lines: Sequence[Line]) -> ProductDraft:
        """The product with these of its lines."""
        return ProductDraft(slug=self.slug, facts=self.facts, variants=tuple(line.variant for line in lines),
                            kind=self.kind, tax_class=self.tax_class)


def read(rows: Sequence[Row], terms: Terms, known_names: Sequence[str] = ()) -> Reading:
    """Read the rows of one handle. `known_names` name the options where the rows themselves do not.

    What is wrong with the product makes all of its rows bad; what is wrong with a variant only its own. Rows that
    bring nothing but one more picture are neither.
    """
    first = next((row for row in rows if row.get("Title").strip()), None)
    product = Cells(first or rows[0])
    slug = _slug(product)
    facts = _facts(product, _picture(rows)) if first is not None else None
    kind, tax_class = _nature(product)
    names = _option_names(rows, product.problems) or tuple(known_names)
    if product.problems:
        bad = tuple(BadRow(row, "; ".join(product.problems)) for row in rows)
        return Reading(slug, facts, kind, tax_class, (), bad)
    found = [_line(row, terms, names, position if first is not None else None)
             for position, row in enumerate((row for row in rows if not _is_picture_only(row)), 1)]
    return Reading(slug, facts, kind, tax_class, tuple(line for line in found if isinstance(line, Line)),
                   tuple(line for line in found if isinstance(line, BadRow)))


def _slug(cells: Cells) -> str:
    slug = cells.line("Handle", 200, is_needed=True)
    if " " in slug or _HANDLE_ENDS & set(slug):
        cells.problems.append("Handle holds a space or one of / ? # % \\")
    return slug


def _facts(cells: Cells, picture: str) -> ProductFacts:
    title = cells.line("Title", 300)
    described = cells.row.has("Body (HTML)")
    description = text.plain(cells.text("Body (HTML)", LONGEST_HTML)) if described else None
    if description and len(description) > LONGEST_DESCRIPTION:
        cells.problems.append(f"Body (HTML) says more than {LONGEST_DESCRIPTION} characters")
    vendor = cells.line("Vendor", 120) if cells.row.has("Vendor") else None
    if picture and (len(picture) > 2000 or not picture.startswith(("https://", "http://"))):
        cells.problems.append("Image Src is no web address of up to 2000 characters")
    return ProductFacts(title, description, vendor, image_source=picture or None, is_published=_is_published(cells))


def _is_published(cells: Cells) -> bool:
    status = cells.choice("Status", ("active", "draft", "archived", "unlisted"))
    published = cells.flag("Published")
    answers = [answer for answer in (None if status is None else status == "active", published) if answer is not None]
    return bool(answers) and all(answers)


def _nature(cells: Cells) -> tuple[str, str]:
    """Kind and tax class: what is not shipped is a service, what is not taxed has the rate zero."""
    is_gift_card = cells.flag("Gift Card") is True
    is_shipped = cells.flag("Variant Requires Shipping") is not False and not is_gift_card
    is_taxed = cells.flag("Variant Taxable") is not False and not is_gift_card
    return "goods" if is_shipped else "service", "standard" if is_taxed else "zero"


def _picture(rows: Sequence[Row]) -> str:
    return next((picture for row in rows if (picture := row.get("Image Src").strip())), "")


def _is_picture_only(row: Row) -> bool:
    return not any(row.get(column).strip() for column in (
        "Title", "Variant SKU", "Variant Price", "Variant Barcode", "Option1 Value"))


def _option_names(rows: Sequence[Row], problems: list[str]) -> tuple[str, ...]:
    """The names of the options, which only the first row of a product carries."""
    for row in rows:
        cells = Cells(row)
        names = tuple(cells.line(f"Option{number} Name", 120) for number in _OPTIONS)
        problems.extend(cells.problems)
        if any(names):
            return names
    return ()


def _line(row: Row, terms: Terms, names: Sequence[str], position: int | None) -> Line | BadRow:
    cells = Cells(row)
    if row.is_too_long:
        cells.problems.append("The row has more cells than the first line has columns")
    options = _options(cells, names)
    title = " / ".join(options.values())
    if len(title) > 300:
        cells.problems.append("The option values are longer than 300 characters together")
    variant = VariantDraft(
        sku=cells.code("Variant SKU", 80, is_needed=True), title=title, options=options,
        barcode=cells.code("Variant Barcode", 40) or None, weight_grams=cells.grams("Variant Grams"), position=position)
    amount, quantity = cells.amount("Variant Price", terms.currency, terms.has_decimal_commas), _quantity(cells)
    if cells.problems:
        return BadRow(row, "; ".join(cells.problems))
    return Line(row, variant, amount, quantity)


def _options(cells: Cells, names: Sequence[str]) -> dict[str, str]:
    options = {}
    for number in _OPTIONS:
        value = cells.line(f"Option{number} Value", 255)
        name = names[number - 1] if number <= len(names) and names[number - 1] else f"Option {number}"
        if value and value != _NO_OPTION:
            options[name] = value
    return options


def _quantity(cells: Cells) -> int | None:
    """What is in stock; a variant whose stock Shopify does not track has none to run out of."""
    quantity = cells.quantity("Variant Inventory Qty")
    is_tracked = not cells.row.has("Variant Inventory Tracker") or cells.row.get("Variant Inventory Tracker").strip()
    return quantity if is_tracked else None
