"""A code typed whole finds its one variant; what is typed is read as the index was written."""

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from sales_portal.catalog import indexing, search
from sales_portal.catalog.models import Product, Variant
from sales_portal.catalog.search import Typed
from tests import make


@pytest.mark.parametrize(("text", "words", "code"), [
    ("Oak chair", ("oak", "chair"), "oakchair"),
    ("TSH-0042", ("tsh", "0042"), "tsh0042"),
    ("oak OAK Öak", ("oak",), "oakoakoak"),
    ("  ", (), ""),
    ("%_\\[]🪑\x00\ud83e", (), ""),
    ("a b c d e f g h i j", tuple("abcdefgh"), "abcdefghij"),
])
def test_typed_text_becomes_words_and_one_code(text: str, words: tuple[str, ...], code: str) -> None:
    assert search.read(text) == Typed(words, code)


@pytest.mark.parametrize(("text", "is_short"), [("a", True), ("ab", True), ("a b", True), ("abc", False), ("7", True)])
def test_one_and_two_characters_are_short(text: str, is_short: bool) -> None:
    assert search.read(text).is_short is is_short


def test_megabytes_are_cut_before_they_are_read() -> None:
    typed = search.read("word " * 1_000_000 + "late")
    assert typed.words == ("word",)
    assert len(typed.code) <= 80


@pytest.mark.parametrize("code", ["TSH-0042", "tsh-0042", "TSH0042", " tsh 0042 ", "7350001000428", "735-0001000428"])
def test_a_whole_sku_or_barcode_is_an_exact_hit(session: Session, code: str) -> None:
    shop = make.shop(session)
    make.product(session, "Other", sku="TSH-00421")
    found = search.exact(session, code)
    assert found is shop.chair
    assert found.product.title == "Oak chair"


@pytest.mark.parametrize("code", ["", "TSH-004", "TSH-00422", "Oak", "chair", "%", "TSH-004_", "🪑", "x" * 300])
def test_what_is_no_whole_code_is_no_hit(session: Session, code: str) -> None:
    make.shop(session)
    assert search.exact(session, code) is None


def test_a_barcode_with_separators_is_a_code_too(session: Session) -> None:
    made = make.product(session, barcode="LAMP-7")
    for code in ("LAMP-7", "lamp7", "lamp 7"):
        assert search.exact(session, code) is made


def test_of_two_codes_that_differ_in_punctuation_alone_the_one_typed_is_meant(session: Session) -> None:
    first, second = make.product(session, "First", sku="AB-1"), make.product(session, "Second", sku="A-B1")
    assert search.exact(session, "AB-1") is first
    assert search.exact(session, "A-B1") is second
    assert search.exact(session, "ab1") is None
    assert search.exact(session, "TSH") is None


def test_the_rarest_word_is_walked_first(session: Session) -> None:
    shop = make.shop(session)
    make.many_products(session, 5)
    assert search.rarest_first(session, search.read("oak wool")).words == ("wool", "oak")
    assert search.rarest_first(session, search.read("oak zzz chair")).words == ("zzz", "chair", "oak")
    assert shop.cap.product.title == "Wool cap"


def test_of_words_that_very_many_have_the_rarest_is_still_walked_first(session: Session) -> None:
    """Beyond what is counted one by one a sample tells, so that length decides nothing."""
    made = make.many_products(session, search.COUNTED * 5 // 2)
    elms = made[::2]
    session.execute(update(Product).where(Product.id.in_(
        select(Variant.product_id).where(Variant.id.in_(elms)))).values(title="Elm chair"))
    indexing.reindex(session, elms)
    assert len(elms) > search.COUNTED
    assert search.rarest_first(session, search.read("natural chair elm")).words == ("elm", "natural", "chair")
    assert search.rarest_first(session, search.read("elm wool natural")).words == ("wool", "elm", "natural")


@pytest.mark.parametrize("step", [1, 2, 4, 31, 32, 1000])
def test_the_sample_is_as_large_whatever_the_pattern_of_the_ids(step: int) -> None:
    ids = range(1, 12_800 * step + 1, step)
    assert sum(map(indexing.is_sampled, ids)) / len(ids) * indexing.SAMPLE == pytest.approx(1, rel=0.15)


def test_many_codes_are_found_in_one_go_and_doubtful_ones_left_out(session: Session) -> None:
    shop = make.shop(session)
    first = make.product(session, sku="AB-1")
    make.product(session, sku="A-B1")
    codes = ["tsh-0042", "BAG0001", "AB-1", "ab1", "unknown", "%", ""]
    assert search.exact_many(session, codes) == {
        "tsh-0042": (shop.chair.id, 1), "BAG0001": (shop.bag.id, 1), "AB-1": (first.id, 1)}
    assert search.exact_many(session, []) == {}
