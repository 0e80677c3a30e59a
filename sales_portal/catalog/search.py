"""Which variants a typed text finds: by whole codes, by prefixes of codes, by prefixes of every word.

The index holds words as `indexing` makes them; what is typed goes through the same rule, so neither case, accents nor
punctuation matter, and no character of it reaches the database as a pattern.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased, joinedload

from sales_portal.catalog import indexing
from sales_portal.catalog.models import SearchWord, Variant

LONGEST_TEXT = 200
MOST_WORDS = 8
RANKED = 50
"""How many of the index are looked at, in its order, before they are ranked."""
SHORT = 2
"""Texts up to this length are looked up among codes only: too many words begin with them."""
COUNTED = 1000
"""How far the variants that have a word are counted one by one; beyond it the sample tells."""
_SAMPLED = 2000
_LAST = "\U0010ffff"

# Built once: building it takes longer than running it.
_WORDS, _VARIANTS = SearchWord.__table__.c, Variant.__table__.c
_EXACT = (
    select(_WORDS.word, _VARIANTS.id, _VARIANTS.sku, _VARIANTS.barcode, _VARIANTS.pack_size)
    .join_from(SearchWord.__table__, Variant.__table__, _VARIANTS.id == _WORDS.variant_id)
    .where(_WORDS.is_code == true(), _WORDS.word.in_(bindparam("codes", expanding=True))))


class Exact(NamedTuple):
    """The one variant a code means, and how many of it are a pack."""

    variant_id: int
    pack_size: int


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed, as the index would hold it: its words, and the whole as one code."""

    words: tuple[str, ...]
    code: str

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to look for: no letter and no digit."""
        return not self.code

    @property
    def is_short(self) -> bool:
        """Whether only codes are looked at."""
        return len(self.code) <= SHORT


def read(text: str) -> Typed:
    """`text` as it is looked up; what is beyond 200 characters or eight words is left out."""
    words = tuple(dict.fromkeys(indexing.split(text[:LONGEST_TEXT])))
    return Typed(words[:MOST_WORDS], _code(text))


def rarest_first(session: Session, typed: Typed) -> Typed:
    """`typed` with the word fewest variants have in front, so that few rows are walked; no statement for one word."""
    if typed.is_short or len(typed.words) < 2:
        return typed
    columns = (count(word) for word in typed.words for count in (_count, _count_sampled))
    counts = session.execute(select(*(column.label(f"n{at}") for at, column in enumerate(columns)))).one()
    ordered = sorted(zip(counts[::2], counts[1::2], typed.words, strict=True),
                     key=lambda counted: (counted[0], counted[1], -len(counted[2])))
    return Typed(tuple(word for *_, word in ordered), typed.code)


def candidates(typed: Typed) -> list[Select[int]]:
    """The ids of variants to rank, to be united: the first fifty whose code begins so, the first fifty by words."""
    codes = (select(SearchWord.variant_id).where(SearchWord.is_code == true(), _begins(SearchWord.word, typed.code))
             .order_by(SearchWord.word, SearchWord.variant_id).limit(RANKED).subquery())
    # A variant has several codes that begin so.
    found: list[Select[int]] = [select(codes.c.variant_id).distinct()]
    if not typed.is_short:
        first, *others = typed.words
        words = (select(SearchWord.variant_id)
                 .where(_begins(SearchWord.word, first), *_may_have(others),
                        *(_has(SearchWord.variant_id, word) for word in others))
                 .order_by(SearchWord.word, SearchWord.variant_id).limit(RANKED).subquery())
        found.append(select(words.c.variant_id))
    return found


def found_by(typed: Typed) -> Select[int]:
    """The ids of all variants `typed` finds, in no order, to be narrowed by what is sold; see `rarest_first`."""
    if typed.is_short:
        return select(SearchWord.variant_id).where(SearchWord.is_code == true(), _begins(SearchWord.word, typed.code))
    first, *others = typed.words
    return select(SearchWord.variant_id).where(
        _begins(SearchWord.word, first), *_may_have(others), *(_has(SearchWord.variant_id, word) for word in others))


def matches(variant_id: InstrumentedAttribute[int], typed: Typed) -> ColumnElement[bool]:
    """A condition on a column of variant ids: that the variant is found by `typed`."""
    if typed.is_short:
        return _has(variant_id, typed.code, codes_only=True)
    return and_(*(_has(variant_id, word) for word in typed.words))


def exact(session: Session, code: str) -> Variant | None:
    """The one variant whose SKU or barcode is `code`, with its product; None where there is none or several."""
    typed = read(code)
    if typed.is_empty:
        return None
    found = session.scalars(
        select(Variant).join(SearchWord, SearchWord.variant_id == Variant.id)
        .where(SearchWord.is_code == true(), SearchWord.word == typed.code)
        .options(joinedload(Variant.product)).order_by(Variant.id).limit(RANKED)).all()
    as_typed = [variant for variant in found if code.strip() in (variant.sku, variant.barcode)]
    hits = as_typed or found
    return hits[0] if len(hits) == 1 else None


def exact_many(session: Session, codes: Sequence[str]) -> dict[str, Exact]:
    """The variants whose SKU or barcode is one of `codes`, by code, in one statement; a doubtful code is left out."""
    wanted = {code: _code(code) for code in codes}
    rows = session.execute(_EXACT, {"codes": [code for code in wanted.values() if code]}).all()
    found = {}
    for code, word in wanted.items():
        hits = [row for row in rows if row.word == word]
        hits = [row for row in hits if code.strip() in (row.sku, row.barcode)] or hits
        if len(hits) == 1:
            found[code] = Exact(hits[0].id, hits[0].pack_size)
    return found


def is_code_of(typed: Typed, sku: str, barcode: str | None) -> bool:
    """Whether `typed` is the whole SKU or barcode."""
    return typed.code in (_code(sku), _code(barcode))


def begins_code_of(typed: Typed, sku: str, barcode: str | None) -> bool:
    """Whether the SKU or barcode begins with `typed`."""
    return _code(sku).startswith(typed.code) or _code(barcode).startswith(typed.code)


def _code(text: str | None) -> str:
    return "".join(indexing.split((text or "")[:LONGEST_TEXT]))[:indexing.LONGEST_WORD]


def _begins(column: InstrumentedAttribute[str], prefix: str) -> ColumnElement[bool]:
    return and_(column >= prefix, column < prefix + _LAST)


def _may_have(words: Sequence[str]) -> list[ColumnElement[bool]]:
    """Whether a row's variant may have all these words, known from the row alone."""
    bits = indexing.beginnings(words)
    return [SearchWord.beginnings.bitwise_and(bits) == bits] if bits else []


def _has(variant_id: InstrumentedAttribute[int], word: str, *, codes_only: bool = False) -> ColumnElement[bool]:
    other = aliased(SearchWord)
    found = select(1).select_from(other).where(other.variant_id == variant_id, _begins(other.word, word))
    if codes_only:
        found = found.where(other.is_code == true())
    # A value and no EXISTS: PostgreSQL would turn that into a join of all that begins so, and guess its size wrong.
    return found.limit(1).scalar_subquery().is_not(None)


def _count(word: str) -> ColumnElement[int]:
    return _count_some(_begins(SearchWord.word, word), COUNTED)


def _count_sampled(word: str) -> ColumnElement[int]:
    return _count_some(and_(SearchWord.is_sampled == true(), _begins(SearchWord.word, word)), _SAMPLED)


def _count_some(which: ColumnElement[bool], most: int) -> ColumnElement[int]:
    # Ordered, so that the index is walked and left after the last row counted.
    some = select(SearchWord.word).where(which).order_by(SearchWord.word).limit(most).subquery()
    return select(func.count()).select_from(some).scalar_subquery()
