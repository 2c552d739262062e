"""Reads a scenario file; whatever is wrong in it is told with its line and what to do about it."""

import re
import tomllib
from pathlib import Path

import msgspec

from drivers.twin.scenario._checks import Flaw, Where, first_flaw
from drivers.twin.scenario._condition_checks import first_flaw_of_conditions
from drivers.twin.scenario._format import Scenario
from drivers.twin.scenario._order_checks import first_flaw_of_order
from engine.domain import Store

_STEP_OF_PATH = re.compile(r"\.(\w+)|\[(\d+)\]")
_LINE_OF_SYNTAX_ERROR = re.compile(r"\(at line (\d+)")
_REMEDY = "docs/scenarios.md lists the actions and the keys of each"


class ScenarioError(Exception):
    """Something in a scenario file is wrong; the message names file, line and remedy."""

    def __init__(self, file: Path, line: int, flaw: Flaw) -> None:
        super().__init__(f"{file}:{line}: {flaw.problem}. {flaw.remedy}")


def read_scenario(file: Path, store: Store) -> Scenario:
    """A file's scenario, checked against the store it is to be played in. Raises ``ScenarioError``."""
    text = _text(file)
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        flaw = Flaw(where=(), problem=f"this is not TOML: {error}", remedy="Mend the syntax there")
        raise ScenarioError(file, _line_of_syntax(str(error), text), flaw) from None
    try:
        scenario = msgspec.convert(raw, Scenario)
    except msgspec.ValidationError as error:
        flaw = _flaw_of(str(error))
        raise ScenarioError(file, line_of(text, flaw.where), flaw) from None
    found = first_flaw(scenario, store) or first_flaw_of_order(scenario, store)
    found = found or first_flaw_of_conditions(scenario, store)
    if found is not None:
        raise ScenarioError(file, line_of(text, found.where), found)
    return scenario


def line_of(text: str, where: Where) -> int:
    """The line, from 1, of the statement, or of the part of an array, that brings ``where`` into the document.

    A TOML document cut after a whole statement is a TOML document: the shortest such head that holds the place ends
    with its statement, whatever way the file is written in. So is one cut after a line of an array, and closed.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    begins = 1
    for count in range(1, len(lines) + 1):
        try:
            document: object = tomllib.loads("\n".join(lines[:count]))
        except tomllib.TOMLDecodeError:
            continue  # in the middle of a statement of several lines
        if where and _holds(document, where):
            return _line_within(lines, begins, count, where)
        begins = count + 1
    return line_of(text, where[:-1]) if where else 1


def _line_within(lines: list[str], begins: int, ends: int, where: Where) -> int:
    for line in range(begins, ends):
        try:
            document: object = tomllib.loads("\n".join([*lines[:line], "]"]))
        except tomllib.TOMLDecodeError:
            continue  # no array, or in the middle of something in it
        if _holds(document, where):
            return line
    return begins


def _holds(document: object, where: Where) -> bool:
    for step in where:
        within = dict(enumerate(document)) if isinstance(document, list) else document
        if not isinstance(within, dict) or step not in within:
            return False
        document = within[step]
    return True


def _text(file: Path) -> str:
    data = file.read_bytes()
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        flaw = Flaw(where=(), problem=f"this is not UTF-8: {error.reason}", remedy="Save the file as UTF-8")
        raise ScenarioError(file, data.count(b"\n", 0, error.start) + 1, flaw) from None


def _flaw_of(message: str) -> Flaw:
    problem, _, path = message.partition(" - at `$")
    where: list[str | int] = [name or int(index) for name, index in _STEP_OF_PATH.findall(path)]
    unknown = re.fullmatch(r"Object contains unknown field `(.+)`", problem)
    if unknown:
        where.append(unknown[1])
        return Flaw(where=tuple(where), problem=f"there is no key {unknown[1]!r} here", remedy=f"Remove it: {_REMEDY}")
    missing = re.fullmatch(r"Object missing required field `(.+)`", problem)
    if missing:
        return Flaw(where=tuple(where), problem=f"{missing[1]!r} is missing", remedy=f"Add it: {_REMEDY}")
    key = next((str(step) for step in reversed(where) if isinstance(step, str)), "file")
    return Flaw(where=tuple(where), problem=f"{key}: {problem[0].lower()}{problem[1:]}", remedy=f"Mend it: {_REMEDY}")


def _line_of_syntax(message: str, text: str) -> int:
    found = _LINE_OF_SYNTAX_ERROR.search(message)
    return int(found[1]) if found else max(1, len(text.splitlines()))
