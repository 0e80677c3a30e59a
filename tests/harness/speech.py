"""Languages with few words, so that a test of who is spoken to how needs none of the portal's translations."""

from collections.abc import Mapping
from gettext import GNUTranslations

import pytest

from sales_portal.core import translation


class FewWords(GNUTranslations):
    """A language that knows these texts; a plural is given with its form: `("{count} items", 1)`."""

    def __init__(self, words: Mapping[str | tuple[str, int], str]) -> None:
        super().__init__()
        self._catalog = dict(words)
        self.plural = lambda count: int(count != 1)


def teach(monkeypatch: pytest.MonkeyPatch, language: str, words: Mapping[str | tuple[str, int], str]) -> None:
    """Let `language` have these words and no others, for this test."""
    known = {language: FewWords(words)}
    monkeypatch.setattr(translation, "catalog", known.__getitem__)
