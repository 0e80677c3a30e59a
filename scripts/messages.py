"""The texts that are said in several languages: found where they stand, and kept in the catalogues.

`collect` finds them; run as a script, it brings every catalogue up to date: new texts come in untranslated, texts that
are gone go.
"""

import io
from collections.abc import Callable
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from sales_portal.core.translation import ENGLISH, FOLDER, LANGUAGES

ROOT = Path(__file__).resolve().parents[1]
PLACES = {"sales_portal": [("**.py", "python")],
          "templates": [("**.html", "jinja2.ext:babel_extract"), ("**.txt", "jinja2.ext:babel_extract")]}
KEYWORDS = {"_": None, "_n": (1, 2), "N_": None}
OPTIONS = {"**.html": {"silent": "false"}, "**.txt": {"silent": "false"}}

# Babel would write a date and a version too, which change without a reason.
HEADER = r"""msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\n"
"Plural-Forms: {plural_forms}\n"

"""

# Babel counts the forms of Arabic in an order of its own; this is the one of the CLDR, and of those who translate.
PLURAL_FORMS = {
    "ar": "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);"}


def collect(say: Callable[[str], None] = lambda _: None) -> Catalog:
    """Every marked text of the program and its templates, with the files it stands in; `say` hears of each file."""
    found = Catalog(fuzzy=False)
    for place, methods in PLACES.items():
        for file, _, message, _, _ in extract_from_dir(
                ROOT / place, method_map=methods, options_map=OPTIONS, keywords=KEYWORDS,
                callback=lambda file, *_: say(file)):
            found.add(message, locations=[(f"{place}/{file}", 0)])
    return found


def read(language: str) -> Catalog:
    """The catalogue of a language as it is kept; an empty one where there is none."""
    path = FOLDER / f"{language}.po"
    return read_po(io.BytesIO(path.read_bytes()), language) if path.exists() else Catalog(language, fuzzy=False)


def write(language: str, messages: Catalog) -> None:
    """Keep the catalogue of a language, in the order of the texts."""
    kept = Catalog(language, fuzzy=False, header_comment=f"# {LANGUAGES[language]}.")
    for message in messages:
        if message.id:
            kept.add(message.id, message.string, locations=message.locations)
    written = io.BytesIO()
    write_po(written, kept, width=116, sort_output=True, omit_header=True, include_lineno=False)
    FOLDER.mkdir(exist_ok=True)
    header = HEADER.format(plural_forms=PLURAL_FORMS.get(language, kept.plural_forms))
    (FOLDER / f"{language}.po").write_bytes(header.encode() + written.getvalue().strip() + b"\n")


def main() -> None:
    """Bring every catalogue up to date, and say how many texts each still lacks."""
    texts = collect()
    for language in LANGUAGES:
        if language != ENGLISH:
            kept = read(language)
            for message in texts:
                old = kept.get(message.id) if message.id else None
                nothing = "" if isinstance(message.id, str) else ("",) * kept.num_plurals
                message.string = old.string if old is not None else nothing
            write(language, texts)
            lacking = len([message for message in read(language) if message.id and not all(forms(message))])
            print(f"{language}: {len(texts)} texts, {lacking} to translate")


def forms(message: Message) -> tuple[str, ...]:
    """The translations of a text, one for each form a number may take; a text without a number has one."""
    said = message.string
    return (said,) if isinstance(said, str) else tuple(said or ("",))


if __name__ == "__main__":
    main()
