"""Taking a table of products in: good rows into catalogue, prices and stock, bad rows out with the reason."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from sales_portal.catalog import queries as catalog_queries
from sales_portal.catalog import service as catalog
from sales_portal.history import service as history
from sales_portal.history.events import EventName
from sales_portal.history.service import Actor
from sales_portal.imports import reading
from sales_portal.imports.reading import BadRow, Line, Reading, Terms
from sales_portal.imports.shopify import Row, Table
from sales_portal.imports.targets import Target
from sales_portal.inventory import service as inventory
from sales_portal.pricing import service as pricing

ROWS_AT_ONCE = 300
Reject = Callable[[BadRow], None]


@dataclass(slots=True)
class Report:
    """What an import did, in counts; `changes` is empty where the portal said all of it already."""

    rows: int = 0
    bad_rows: int = 0
    changes: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Seen:
    """The codes of this file so far: in which line a SKU stood, and which SKU has a barcode."""

    skus: dict[str, int] = field(default_factory=dict)
    barcodes: dict[str, str] = field(default_factory=dict)


def import_products(session: Session, table: Table, target: Target, reject: Reject, *, by: Actor) -> Report:
    """Make catalogue, prices and stock say what `table` says; `reject` gets every row that cannot be taken in.

    Products, variants and prices the table does not name stay as they are. What says so already is not touched, so
    a second run changes nothing and records nothing. Works through the file in batches, in the caller's transaction.
    """
    report, seen = Report(), Seen()
    terms = Terms(target.pricelist.currency, has_decimal_commas=table.delimiter != ",")
    for groups in _batches(table.groups()):
        bad = _import_batch(session, groups, terms, target, seen, report)
        report.rows += sum(len(rows) for rows in groups)
        report.bad_rows += len(bad)
        for row in sorted(bad, key=lambda one: one.row.line):
            reject(row)
    if report.changes:
        history.record(session, EventName.PRODUCTS_IMPORTED, target.pricelist, by=by, context=target.warehouse,
                       file=table.path.name, bad_rows=report.bad_rows, **report.changes)
    return report


def _batches(groups: Iterable[list[Row]]) -> Iterator[list[list[Row]]]:
    """Some hundred rows at a time; a handle that comes again begins a new batch, for it changes the same product."""
    batch: dict[str, list[Row]] = {}
    for rows in groups:
        handle = rows[0].get("Handle").strip()
        if handle in batch or sum(map(len, batch.values())) >= ROWS_AT_ONCE:
            yield list(batch.values())
            batch = {}
        batch[handle] = rows
    if batch:
        yield list(batch.values())


def _import_batch(session: Session, groups: Sequence[list[Row]], terms: Terms, target: Target, seen: Seen,
                  report: Report) -> list[BadRow]:
    names = _known_option_names(session, groups)
    readings = [reading.read(rows, terms, names.get(rows[0].get("Handle").strip(), ())) for rows in groups]
    bad = [row for one in readings for row in one.bad]
    good = [(one, lines) for one in readings if (lines := _first_of_each_code(one, seen, bad))]
    good = _without_foreign_codes(session, good, bad)
    good = _without_unknown_products(session, good, bad)
    if good:
        _store(session, good, target, report, bad)
    return bad


def _known_option_names(session: Session, groups: Sequence[list[Row]]) -> dict[str, tuple[str, ...]]:
    nameless = [rows[0].get("Handle").strip() for rows in groups
                if not any(row.get("Option1 Name").strip() for row in rows)]
    return catalog_queries.list_option_names(session, nameless) if nameless else {}


Good = tuple[Reading, list[Line]]


def _first_of_each_code(one: Reading, seen: Seen, bad: list[BadRow]) -> list[Line]:
    """The lines whose SKU and barcode did not stand in the file before; the others go to `bad`."""
    lines = []
    for line in one.lines:
        sku, barcode = line.variant.sku, line.variant.barcode
        if sku in seen.skus:
            bad.append(BadRow(line.row, f"Variant SKU “{sku}” stands in line {seen.skus[sku]} already"))
        elif barcode is not None and barcode in seen.barcodes:
            bad.append(BadRow(line.row, f"Variant Barcode “{barcode}” is that of “{seen.barcodes[barcode]}” already"))
        else:
            lines.append(line)
            seen.skus[sku] = line.row.line
            if barcode is not None:
                seen.barcodes[barcode] = sku
    return lines


def _without_foreign_codes(session: Session, good: list[Good], bad: list[BadRow]) -> list[Good]:
    """Without the lines whose SKU or barcode another product or variant of the catalogue has."""
    variants = [line.variant for _, lines in good for line in lines]
    owners = catalog_queries.list_owners(session, [variant.sku for variant in variants],
                                         [variant.barcode for variant in variants if variant.barcode])
    slugs = {owner.sku: owner.slug for owner in owners}
    skus = {owner.barcode: owner.sku for owner in owners if owner.barcode}
    kept = []
    for one, lines in good:
        mine = []
        for line in lines:
            sku, barcode = line.variant.sku, line.variant.barcode
            if slugs.get(sku, one.slug) != one.slug:
                bad.append(BadRow(line.row, f"Variant SKU “{sku}” belongs to the product “{slugs[sku]}”"))
            elif barcode is not None and skus.get(barcode, sku) != sku:
                bad.append(BadRow(line.row, f"Variant Barcode “{barcode}” is that of “{skus[barcode]}” already"))
            else:
                mine.append(line)
        kept.append((one, mine))
    return [(one, lines) for one, lines in kept if lines]


def _without_unknown_products(session: Session, good: list[Good], bad: list[BadRow]) -> list[Good]:
    """Without products that exist neither in the catalogue nor, for want of a title, in the file."""
    untitled = [one.slug for one, _ in good if one.facts is None]
    unknown = set(untitled) - catalog_queries.list_known_slugs(session, untitled) if untitled else set()
    bad += [BadRow(line.row, "Title is missing, and there is no such product yet")
            for one, lines in good if one.slug in unknown for line in lines]
    return [(one, lines) for one, lines in good if one.slug not in unknown]


def _store(session: Session, good: Sequence[Good], target: Target, report: Report, bad: list[BadRow]) -> None:
    saved = catalog.save_products(session, [one.draft(lines) for one, lines in good])
    lines = {saved.variant_ids[line.variant.sku]: line for _, some in good for line in some}
    prices = pricing.set_prices(session, target.pricelist.id, {key: line.amount for key, line in lines.items()})
    stock = inventory.set_many(session, target.warehouse.id, {
        key: line.quantity for key, line in lines.items() if line.quantity is not None})
    bad += [BadRow(lines[key].row, f"Only the stock of this row is not in. {refusal.text}")
            for key, refusal in stock.refused.items()]
    counts: dict[str, Sized] = {
        "new_products": saved.new_products, "changed_products": saved.changed_products,
        "new_variants": saved.new_variants, "changed_variants": saved.changed_variants,
        "prices": prices, "counts_in_stock": stock.before}
    report.changes.update({name: len(which) for name, which in counts.items() if which})
