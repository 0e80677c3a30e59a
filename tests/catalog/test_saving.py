"""Products are put into the catalogue in few statements, and what says so already is not touched."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.catalog import queries, service
from sales_portal.catalog.drafts import ProductDraft, ProductFacts, VariantDraft
from sales_portal.catalog.errors import ProductUnknown, SkuTaken
from sales_portal.catalog.models import Product, SearchWord, Variant
from tests.harness.counting import count_on
from tests.harness.time import Clock


def chair(*variants: VariantDraft, **facts: object) -> ProductDraft:
    said = {"title": "Oak chair", "description": "Stacks four high.", "vendor": "Nordlight"} | facts
    return ProductDraft("oak-chair", ProductFacts(**said), variants or (VariantDraft("TSH-1", "natural"),))


def the_product(session: Session) -> Product:
    session.expire_all()
    return session.scalars(select(Product)).one()


def test_a_new_product_is_there_with_its_variants_in_order(session: Session) -> None:
    saved = service.save_products(session, [chair(VariantDraft("TSH-1", "natural", weight_grams=5800),
                                                  VariantDraft("TSH-2", "black", barcode="7350001000425"))])
    rows = session.execute(select(Variant.sku, Variant.title, Variant.barcode, Variant.weight_grams, Variant.position)
                           .order_by(Variant.position)).all()
    assert [tuple(row) for row in rows] == [
        ("TSH-1", "natural", None, 5800, 1), ("TSH-2", "black", "7350001000425", 0, 2)]
    assert (saved.new_products, saved.new_variants) == ({"oak-chair"}, {"TSH-1", "TSH-2"})
    assert saved.variant_ids.keys() == {"TSH-1", "TSH-2"}


def test_saying_the_same_again_changes_nothing(session: Session) -> None:
    service.save_products(session, [chair()])
    saved = service.save_products(session, [chair()])
    assert saved == service.Saved(variant_ids=saved.variant_ids)


def test_what_is_not_said_stays(session: Session) -> None:
    service.save_products(session, [chair(VariantDraft("TSH-1", "natural", barcode="7350001000425", weight_grams=5800),
                                          image="products/chair-oak.svg")])
    saved = service.save_products(session, [chair(VariantDraft("TSH-1", "natural"), description=None, vendor=None)])
    product = the_product(session)
    assert (product.description, product.vendor, product.image) == (
        "Stacks four high.", "Nordlight", "products/chair-oak.svg")
    assert session.scalars(select(Variant.barcode)).all() == ["7350001000425"]
    assert saved.changed_products | saved.changed_variants == set()


def test_kind_and_tax_class_are_those_it_was_made_with(session: Session) -> None:
    service.save_products(session, [ProductDraft("visit", ProductFacts("Home visit"), kind="service",
                                                 tax_class="reduced")])
    service.save_products(session, [ProductDraft("visit", ProductFacts("Home visit, longer"))])
    product = the_product(session)
    assert (product.title, product.kind, product.tax_class) == ("Home visit, longer", "service", "reduced")


def test_publishing_is_dated_once_and_coming_off_sale_too(session: Session, clock: Clock) -> None:
    first = clock.set(datetime(2026, 5, 1, tzinfo=UTC))
    service.save_products(session, [chair()])
    second = clock.advance(days=1)
    service.save_products(session, [chair()])
    assert (the_product(session).published_at, the_product(session).unpublished_at) == (first, None)
    service.save_products(session, [chair(is_published=False)])
    clock.advance(days=1)
    service.save_products(session, [chair(is_published=False)])
    assert (the_product(session).published_at, the_product(session).unpublished_at) == (first, second)
    third = clock.advance(days=1)
    service.save_products(session, [chair()])
    assert (the_product(session).published_at, the_product(session).unpublished_at) == (third, None)


def test_a_new_variant_without_a_position_comes_last(session: Session) -> None:
    service.save_products(session, [chair(VariantDraft("TSH-1", position=1), VariantDraft("TSH-2", position=7))])
    service.save_products(session, [ProductDraft("oak-chair", None, (VariantDraft("TSH-3"), VariantDraft("TSH-4")))])
    rows = session.execute(select(Variant.sku, Variant.position)).all()
    assert {tuple(row) for row in rows} == {("TSH-1", 1), ("TSH-2", 7), ("TSH-3", 8), ("TSH-4", 9)}


def test_variants_of_a_product_nobody_described_are_refused(session: Session) -> None:
    with pytest.raises(ProductUnknown, match="There is no product oak-chair yet"):
        service.save_products(session, [ProductDraft("oak-chair", None, (VariantDraft("TSH-1"),))])


def test_a_sku_never_moves_to_another_product(session: Session) -> None:
    service.save_products(session, [chair()])
    with pytest.raises(SkuTaken, match="The SKU TSH-1 belongs to another product"):
        service.save_products(session, [ProductDraft("thief", ProductFacts("Thief"), (VariantDraft("TSH-1"),))])


def test_a_new_title_is_indexed_for_variants_that_were_not_named_too(session: Session) -> None:
    service.save_products(session, [chair(VariantDraft("TSH-1"), VariantDraft("TSH-2"))])
    service.save_products(session, [chair(VariantDraft("TSH-1"), title="Ash stool")])
    words = session.execute(select(Variant.sku, SearchWord.word).join(SearchWord, SearchWord.variant_id == Variant.id)
                            .where(SearchWord.word.in_(("oak", "ash")))).all()
    assert {tuple(row) for row in words} == {("TSH-1", "ash"), ("TSH-2", "ash")}


def test_three_hundred_products_take_nine_statements(session: Session) -> None:
    drafts = [ProductDraft(f"p-{number}", ProductFacts(f"Product {number}"), (VariantDraft(f"P-{number}"),))
              for number in range(300)]
    changed = [ProductDraft(draft.slug, ProductFacts(f"{draft.slug} renamed"), draft.variants) for draft in drafts]
    assert len(count_on(session, lambda: service.save_products(session, drafts))) <= 9
    assert len(count_on(session, lambda: service.save_products(session, changed))) <= 9


def test_owners_of_codes_are_found_by_either(session: Session) -> None:
    service.save_products(session, [chair(VariantDraft("TSH-1", barcode="7350001000425"), VariantDraft("TSH-2"))])
    found = queries.list_owners(session, ["TSH-2", "TSH-9"], ["7350001000425"])
    assert {(owner.sku, owner.barcode, owner.slug) for owner in found} == {
        ("TSH-1", "7350001000425", "oak-chair"), ("TSH-2", None, "oak-chair")}
