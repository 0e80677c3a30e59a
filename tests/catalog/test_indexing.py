"""Under which words and codes a variant is found."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.catalog import indexing
from sales_portal.catalog.models import Product, SearchWord, Variant
from tests.harness.counting import count_on


def a_chair(number: int = 42, title: str = "Oak chair", **of_variant: str | None) -> Product:
    variant = {"sku": f"TSH-{number:04}", "title": "natural", **of_variant}
    return Product(slug=f"chair-{number}", title=title, vendor="Nordlight", variants=[Variant(**variant)])


def words(session: Session, variant: Variant) -> dict[str, bool]:
    rows = session.execute(select(SearchWord.word, SearchWord.is_code).where(SearchWord.variant_id == variant.id))
    return {row.word: row.is_code for row in rows}


def test_a_variant_is_found_by_the_words_of_both_titles_and_the_vendor() -> None:
    product = a_chair(title="Oak chair, high back")
    found = indexing.words_of(product.variants[0], product)
    assert {word for word, is_code in found.items() if not is_code} == {
        "oak", "chair", "high", "back", "natural", "nordlight"}


def test_codes_are_the_sku_whole_the_sku_without_separators_and_the_barcode() -> None:
    product = a_chair(sku="TSH-00 42/B", barcode="7350001000425")
    found = indexing.words_of(product.variants[0], product)
    assert {word for word, is_code in found.items() if is_code} == {"tsh-00 42/b", "tsh0042b", "7350001000425"}


def test_a_word_that_is_a_code_too_counts_as_a_code() -> None:
    product = a_chair(title="LAMP1 lamp", sku="lamp1")
    assert indexing.words_of(product.variants[0], product)["lamp1"] is True


@pytest.mark.parametrize(("typed", "held"), [
    ("Café", ["cafe"]), ("ÅNGSTRÖM", ["angstrom"]), ("cafe\u0301", ["cafe"]), ("Straße", ["strasse"]),
    ("Smørrebrød", ["smorrebrod"]), ("Łódź", ["lodz"]), ("İstanbul", ["istanbul"]), ("ﬁne", ["fine"]),
    ("120 × 60 cm", ["120", "60", "cm"]), ("snake_case", ["snake", "case"]), ("½ price", ["1", "2", "price"]),
    ("木製の椅子", ["木製の椅子"]), ("🪑 chair 🪑", ["chair"]),
    ("<script>alert(1)</script>", ["script", "alert", "1", "script"]),
    ("שלום", ["שלום"]), ("", []), ("-- / --", []),
])
def test_words_are_lower_case_without_accents_and_split_at_everything_else(typed: str, held: list[str]) -> None:
    assert indexing.split(typed) == held


def test_splitting_twice_changes_nothing() -> None:
    once = indexing.split("Ærø ǅ ŉ ΰ ẞ Ⅷ ㎏ が 한글 İ")
    assert indexing.split(" ".join(once)) == once


def test_a_word_as_long_as_a_title_is_cut(session: Session) -> None:
    product = a_chair(title="a" * 300)
    session.add(product)
    session.flush()
    indexing.reindex(session, [product.variants[0].id])
    assert "a" * indexing.LONGEST_WORD in words(session, product.variants[0])


def test_indexing_again_leaves_only_what_the_variant_is_now(session: Session) -> None:
    product, other = a_chair(), a_chair(43)
    session.add_all([product, other])
    session.flush()
    indexing.reindex(session, [product.variants[0].id, other.variants[0].id])
    product.title, product.variants[0].barcode = "Ash stool", "4006381333931"
    indexing.reindex(session, [product.variants[0].id])
    assert words(session, product.variants[0]) == {
        "ash": False, "stool": False, "natural": False, "nordlight": False, "tsh-0042": True, "tsh0042": True,
        "4006381333931": True}
    assert "oak" in words(session, other.variants[0])


def test_a_variant_that_is_gone_or_named_twice_does_no_harm(session: Session) -> None:
    product = a_chair()
    session.add(product)
    session.flush()
    indexing.reindex(session, [product.variants[0].id, product.variants[0].id, 999_999])
    assert words(session, product.variants[0])["oak"] is False


def test_a_thousand_variants_take_six_statements(session: Session) -> None:
    products = [a_chair(number) for number in range(1000)]
    session.add_all(products)
    session.flush()
    sent = count_on(session, lambda: indexing.reindex(session, [product.variants[0].id for product in products]))
    assert len(sent) <= 6


def test_a_beginning_has_its_bit_whatever_follows_it() -> None:
    held = indexing.beginnings(["oak", "chair", "tsh-0042", "42"])
    for typed in ("oak", "cha", "chai", "chair", "tsh-", "42", "xl", ""):
        asked = indexing.beginnings([typed])
        assert held & asked == asked, typed
    assert indexing.beginnings(["42", "x", ""]) == 0
    assert 0 < held < 2**63


def test_words_nobody_has_together_are_told_apart_without_another_look_up() -> None:
    titles = ("oak chair", "linen bag", "wool cap", "steel lamp", "glass vase", "walnut table")
    held = [indexing.beginnings(title.split()) for title in titles]
    others = [(one, title) for at, one in enumerate(held) for place, title in enumerate(titles) if at != place]
    told = [bits & asked != asked for bits, title in others if (asked := indexing.beginnings(title.split()))]
    assert sum(told) >= 0.9 * len(others)
