"""The console's words in the operator's language: GNU gettext, looked up when they are shown, never before.

Messages are whole English sentences with named places for what is put in; ``N_`` marks one that is kept and looked
up later. ``make translations`` finds them all.
"""

from collections.abc import Callable
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from unicodedata import bidirectional

SOURCE = "en"
"""What the messages are written in: it needs no catalogue."""
_FOLDER = files("resources") / "translations"
_FROM_LEFT, _END = "\u2066", "\u2069"

Write = Callable[[float, int], str]
"""How a number is written, with so many decimals."""


def _plainly(value: float, decimals: int) -> str:
    return f"{value:,.{decimals}f}"


class _Speech:
    """What is spoken now."""

    catalogue: NullTranslations = NullTranslations()
    write: Write = staticmethod(_plainly)
    from_right: bool = False


def languages() -> tuple[str, ...]:
    """Every language that can be spoken, as gettext names it."""
    return SOURCE, *sorted(entry.name for entry in _FOLDER.iterdir() if entry.is_dir())


@cache
def catalogue(language: str) -> NullTranslations:
    """The messages of a language; those of the source are what they are."""
    if language == SOURCE:
        return NullTranslations()
    with (_FOLDER / language / "LC_MESSAGES" / "console.mo").open("rb") as file:
        return GNUTranslations(file)


def use(spoken: NullTranslations, *, write: Write = _plainly, from_right: bool = False) -> None:
    """Speak by this catalogue, which may be read from the right, and write numbers so, from now on."""
    _Speech.catalogue = spoken
    _Speech.write = staticmethod(write)
    _Speech.from_right = from_right


def N_(message: str) -> str:
    """Mark a message that is looked up when it is shown."""
    return message


def _(message: str, /, **values: object) -> str:
    """The message as it is said now, with the values put in; whole numbers are written as the operator does."""
    # gettext answers the empty message with the catalogue's header.
    return _put_in(_Speech.catalogue.gettext(message), values) if message else ""


def ngettext(one: str, many: str, count: int, /, **values: object) -> str:
    """So for a number of things, which is put in as ``count``."""
    return _put_in(_Speech.catalogue.ngettext(one, many, count), {"count": count, **values})


def number(value: float, decimals: int = 0) -> str:
    """A number as the operator writes it."""
    return _Speech.write(value, decimals)


def signed(value: float, decimals: int = 0) -> str:
    """A difference, with its sign."""
    written = number(abs(value), decimals)
    if value < 0:
        return _("−{number}", number=written)
    return _("+{number}", number=written)


def listed(parts: list[str]) -> str:
    """Statements that stand by themselves, in a line."""
    return _("; ").join(map(isolated, parts))


def enumerated(names: list[str]) -> str:
    """Names, one after the other."""
    return _(", ").join(map(isolated, names))


def sentences(said: list[str]) -> str:
    """One after the other, without the last one's full stop."""
    return _(". ").join(map(isolated, said))


def isolated(text: str) -> str:
    """A name or an id of Latin letters: it keeps its order, and does not turn that of Arabic words around it."""
    if not _Speech.from_right:
        return text
    kinds = {bidirectional(letter) for letter in text}  # as Unicode's bidirectional algorithm has them, UAX 9
    return f"{_FROM_LEFT}{text}{_END}" if "L" in kinds and not kinds & {"R", "AL"} else text


def _put_in(message: str, values: dict[str, object]) -> str:
    written = {name: number(value) if type(value) is int else isolated(str(value)) for name, value in values.items()}
    return message.format(**written) if written else message
