"""Brings the catalogues up to what the console says, and compiles them: `make translations` runs it.

Every message of `console` is put into each `console.po`, those that are gone are taken out, and `console.mo` is written
beside it. Usage: translations.py [FOLDER [NEW_LANGUAGE]]
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "resources" / "translations"
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}
COMMENTS = ("For translators:",)


def extracted() -> Catalog:
    """Every message that is marked in the console."""
    found = Catalog(project="Tillfree", charset="utf-8")
    for file, _line, message, comments, context in _messages():
        found.add(message, locations=[(f"console/{file}", 0)], auto_comments=comments, context=context)
    return found


def _messages() -> Iterator[tuple[str, int, str | tuple[str, ...], list[str], str | None]]:
    return extract_from_dir(
        ROOT / "console",
        method_map=[("**.py", "python")],
        keywords=KEYWORDS,
        comment_tags=COMMENTS,
        strip_comment_tags=True,
    )


def bring_up_to_date(po: Path, template: Catalog) -> None:
    """One catalogue; what is translated stays."""
    with po.open("rb") as file:
        catalogue = read_po(file)
    catalogue.update(template, no_fuzzy_matching=True, update_creation_date=False)
    with po.open("wb") as file:
        write_po(file, catalogue, width=120, sort_by_file=True, include_lineno=False, ignore_obsolete=True)
    with po.with_suffix(".mo").open("wb") as file:
        write_mo(file, catalogue)


def begin(po: Path, language: str) -> None:
    """An empty catalogue."""
    po.parent.mkdir(parents=True)
    head = f"# {language} words of Tillfree's console. Apache-2.0, as all of Tillfree."
    team = "Tillfree contributors"
    new = Catalog(
        language,
        project="Tillfree",
        version="console",
        header_comment=head,
        last_translator=team,
        language_team=team,
        fuzzy=False,
    )
    with po.open("wb") as file:
        write_po(file, new)


def main(folder: Path = FOLDER, language: str = "") -> None:
    """Every language of a folder, and one more if it is named."""
    if language:
        begin(folder / language / "LC_MESSAGES" / "console.po", language)
    template = extracted()
    for po in sorted(folder.glob("*/LC_MESSAGES/console.po")):
        bring_up_to_date(po, template)


if __name__ == "__main__":
    main(*(convert(said) for convert, said in zip((Path, str), sys.argv[1:], strict=False)))
