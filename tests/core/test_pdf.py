"""Documents as PDF: text stays text, and what cannot be drawn is drawn as well as it can be."""

import io
import json

import pypdf
import pytest
import structlog
import typst

from sales_portal.core import pdf

HOSTILE = '#panic() \\ *strong* _em_ " ] [ $x$ @label <a> `raw` // /* #import "/etc/passwd" = = {{ }} ~ --- \\u{41}'
VALUES = {
    "language": "en", "is_mirrored": False, "color": "#1d4ed8", "title": "T", "heading": "H", "footer": "F",
    "facts": ["One."], "payment_heading": "", "payment": [], "refunds_heading": "", "refunds": [],
    "items_heading": "Items", "head": ["Item", "Quantity", "Each", "Amount"], "items": [], "totals": [],
    "total": {"label": "Total", "amount": "1"}, "buyer_heading": "B", "buyer": ["Anna"], "seller_heading": "S",
    "seller": {"name": "Shop", "lines": ["Shop AB"]}, "logo": None}


def read(**values: object) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf.render("receipt.typ", VALUES | values)))


def promises_access(found: pypdf.PdfReader) -> bool:
    """Whether the document says of itself that it is PDF/UA-1."""
    metadata = found.root_object["/Metadata"].get_data()
    return b"pdfuaid" in metadata


def test_no_text_is_ever_markup() -> None:
    item = {"title": HOSTILE, "notes": [HOSTILE], "quantity": HOSTILE, "unit": HOSTILE, "amount": HOSTILE}
    found = read(title=HOSTILE, heading=HOSTILE, facts=[HOSTILE], payment_heading=HOSTILE, payment=[[HOSTILE]],
                 refunds_heading=HOSTILE, refunds=[HOSTILE], buyer=[HOSTILE], items=[item], footer=HOSTILE,
                 seller={"name": HOSTILE, "lines": [HOSTILE]}, totals=[{"label": "L", "note": HOSTILE, "amount": "1"}])
    text = "".join("".join(page.extract_text() for page in found.pages).split())
    # Typst folds and squeezes nothing of it: each word is there as it was typed.
    assert text.count("#panic()") >= 10
    for word in ("*strong*", "_em_", "$x$", "@label", "<a>", "`raw`", '"/etc/passwd"', "{{}}", "---", "\\u{41}"):
        assert word in text, word
    assert found.metadata is not None
    assert found.metadata.title == HOSTILE


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without fonts: there are only those of Typst."""
    fonts = typst.Fonts(include_system_fonts=False)
    monkeypatch.setattr(pdf, "_fonts", lambda: fonts)


@pytest.mark.usefixtures("bare")
def test_a_character_without_a_font_is_a_box_and_no_error() -> None:
    with structlog.testing.capture_logs() as logs:
        found = read(buyer=["Anna 花 Svensson"])
    assert "Svensson" in found.pages[0].extract_text()
    assert found.root_object["/MarkInfo"]["/Marked"]
    assert (promises_access(found), promises_access(read())) == (False, True)
    assert [(entry["event"], "Anna" in json.dumps(entry)) for entry in logs] == [("pdf.not_accessible", False)]


def test_a_picture_that_is_none_is_not_drawn() -> None:
    with pytest.raises(pdf.NotDrawn):
        read(logo=[137, 80, 78, 71])


def test_the_templates_need_no_network() -> None:
    """Packages are all that Typst ever fetches, and only an import can name one."""
    for template in pdf.FOLDER.glob("*.typ"):
        source = template.read_text()
        assert "@" not in source, template
        assert "import" not in source, template


@pytest.mark.usefixtures("bare")
def test_letters_of_the_latin_alphabet_need_no_font_of_the_machine() -> None:
    assert promises_access(read(buyer=["Åsa Ørsted, Straße 1 – 12,00 €"]))
