"""The search index: under which words and codes a variant is found."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from itertools import islice
from operator import or_
from typing import Any
from zlib import crc32

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from sales_portal.catalog.models import Product, SearchWord, Variant

LONGEST_WORD = 80
BEGINNINGS = (3, 4)
"""The lengths of beginnings that have a bit in `SearchWord.beginnings`: two, since words now and then share one."""
SAMPLE = 32
"""One variant in so many is in the sample."""
AT_ONCE = 500
"""Variants per statement: both engines bound how many values one statement may carry."""

_BITS = 63
_WORD = re.compile(r"[^\W_]+")
_WITHOUT_ACCENT = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})


def plain(text: str) -> str:
    """`text` as the index holds it: lower case, without accents, so that `Café` and `CAFE` are one word."""
    if text.isascii():
        return text.lower()
    # Folding before and after: some letters only show their lower case once they are taken apart.
    parts = unicodedata.normalize("NFKD", text.casefold()).casefold()
    bare = "".join(letter for letter in parts if not unicodedata.combining(letter))
    return unicodedata.normalize("NFKC", bare.translate(_WITHOUT_ACCENT))


def split(text: str) -> list[str]:
    """The words of `text` as the index holds them, in order."""
    return [word[:LONGEST_WORD] for word in _WORD.findall(plain(text))]


def code_of(text: str) -> str:
    """A SKU or barcode, whole, as the index holds it: lower case, without spaces around."""
    return plain(text.strip())


def words_of(variant: Variant, product: Product) -> dict[str, bool]:
    """Every word `variant` of `product` is found under, with whether it is a code.

    Words come from both titles and the vendor; codes are the SKU and the barcode, each with and without separators.
    A word that is a code as well counts as a code.
    """
    return _words(product.title, variant.title, product.vendor, variant.sku, variant.barcode)


def reindex(session: Session, variant_ids: Sequence[int]) -> None:
    """Make the index of these variants say what they are now, in three statements per five hundred of them."""
    session.flush()
    for some in _batches(variant_ids):
        rows = session.execute(
            select(Variant.id, Product.title, Variant.title, Product.vendor, Variant.sku, Variant.barcode)
            .join(Product, Variant.product_id == Product.id)
            .where(Variant.id.in_(some))
        ).all()
        session.execute(delete(SearchWord).where(SearchWord.variant_id.in_(some)),
                        execution_options={"synchronize_session": False})
        found = [entry for row in rows for entry in _entries(row[0], _words(*row[1:]))]
        if found:
            session.execute(insert(SearchWord), found)


def beginnings(words: Iterable[str]) -> int:
    """A bit for each beginning of `words`, OR-ed; words shorter than a beginning have none."""
    begun = {word[:length] for word in words for length in BEGINNINGS if len(word) >= length}
    return reduce(or_, (1 << crc32(text.encode()) % _BITS for text in begun), 0)


def is_sampled(variant_id: int) -> bool:
    """Whether this variant is in the sample: as good as by chance, yet always the same, on every database."""
    return crc32(str(variant_id).encode()) % SAMPLE == 0


def _entries(variant_id: int, words: dict[str, bool]) -> Iterator[dict[str, Any]]:
    whole = {"variant_id": variant_id, "beginnings": beginnings(words), "is_sampled": is_sampled(variant_id)}
    for word, is_code in words.items():
        yield {"word": word, "is_code": is_code, **whole}


def _words(title: str, variant_title: str, vendor: str, sku: str, barcode: str | None) -> dict[str, bool]:
    words = dict.fromkeys(split(f"{title} {variant_title} {vendor}"), False)
    codes = [code_of(sku), "".join(split(sku)), code_of(barcode or ""), "".join(split(barcode or ""))]
    return words | {code: True for code in codes if code}


def _batches(ids: Sequence[int]) -> Iterator[list[int]]:
    rest = iter(dict.fromkeys(ids))
    while some := list(islice(rest, AT_ONCE)):
        yield some
