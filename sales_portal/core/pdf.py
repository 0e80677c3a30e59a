"""Documents as PDF, drawn by Typst from templates: tagged for screen readers, on this machine alone."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal, cast

import structlog
import typst

FOLDER = Path(__file__).resolve().parents[2] / "templates" / "documents"

log = structlog.get_logger()


class NotDrawn(Exception):
    """The template cannot draw these values, for instance since a picture among them is none."""


def render(template: str, values: Mapping[str, object]) -> bytes:
    """The document `template` with `values`, which reach it as data, so that no text is ever read as markup.

    Fonts are this machine's, and the few that come with Typst. A character that none of them has is drawn as a box,
    and the document promises PDF/UA no longer; it is tagged all the same. Raises `NotDrawn`.
    """
    try:
        return _drawn(template, values, "ua-1")
    except typst.TypstError:
        # Its words may quote what a customer typed.
        log.warning("pdf.not_accessible", template=template)
    try:
        return _drawn(template, values)
    except typst.TypstError as problem:
        raise NotDrawn(problem.message) from problem


def _drawn(template: str, values: Mapping[str, object], *standards: Literal["ua-1"]) -> bytes:
    # A compiler is not to be shared by threads; its fonts are what takes long to find.
    compiler = typst.Compiler(font_paths=_fonts(), root=str(FOLDER))
    drawn = compiler.compile(input=(FOLDER / template).read_bytes(), format="pdf", pdf_standards=list(standards),
                             sys_inputs={"values": json.dumps(values)})
    return cast(bytes, drawn)


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts()
