"""Facts as people write them for the door: a line of a command, or a TOML file in the notation of worked cases."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, NamedTuple

from ..concepts import Vocabulary
from ..eligibility.notation import KEYS, NO_DATE, NotationError, read_fact
from ..facts import Fact
from ..faults import Fault, Mistake, Mistakes
from ..protocol.places import Path as Keys
from ..protocol.places import Places, places
from ..report.words import ended

_DAYS: Final = ("on", "from", "to")
_LEDGERS_OWN: Final = ("id", "corrects")


class Stated(NamedTuple):
    """A fact as it was stated. dated: False where no day was, though one is needed."""

    fact: Fact
    dated: bool = True


def read_stated(
    written: Any, beside: Mapping[str, Any], vocabulary: Vocabulary, source: str, correcting: bool = False
) -> Stated:
    """The fact of a line ("haemoglobin = 12.3 g/dL") or of a table in the notation of worked cases.

    beside: what is said of its days, limits and source outside it; its own words come first. correcting: it takes the
    place of another fact, whose day it has unless it states its own. Raises NotationError.
    """
    table = _table(written)
    for key in _LEDGERS_OWN:
        if key in table:
            raise NotationError(f'"{key}" is not stated here: the ledger numbers its entries, and `correct` names one')
    outside = {key: value for key, value in beside.items() if key in KEYS and not _is_said(key, table)}
    whole, where = {**table, **outside}, str(beside.get("source", source))
    try:
        return Stated(_fact(whole, vocabulary, where))
    except NotationError:
        if not correcting or any(key in whole for key in _DAYS):
            raise
        return Stated(_fact({**whole, "on": NO_DATE}, vocabulary, where), dated=False)


def in_place_of(old: Fact, stated: Stated) -> Fact:
    """The fact that corrects another: with the other's day, limits and source where it states none of its own."""
    fact = stated.fact
    if not stated.dated:
        fact = replace(fact, when=old.when, end=old.end)
    return replace(fact, reference=fact.reference or old.reference, source=fact.source or old.source)


def _fact(table: Mapping[str, Any], vocabulary: Vocabulary, source: str) -> Fact:
    return read_fact(table, vocabulary, "", source)


def _is_said(key: str, table: Mapping[str, Any]) -> bool:
    """Does the fact say it of itself? A day of its own leaves no room for another."""
    return key in table or (key in _DAYS and any(day in table for day in _DAYS))


def _table(written: Any) -> dict[str, Any]:
    if isinstance(written, Mapping):
        return dict(written)
    if not isinstance(written, str):
        raise NotationError(f'{written!r} is no fact: write "haemoglobin = 12.3 g/dL"')
    name, equals, value = (part.strip() for part in written.partition("="))
    if written.lstrip().startswith("{"):
        return _dict(_toml(written), written)
    if not equals or not value:
        raise NotationError(f'"{written}" is no fact: write haemoglobin = 12.3 g/dL, or consent = {{}}')
    read = _toml(value)
    return {name: value if read is None or _is_odd(read) else read}


def _dict(read: Any, written: str) -> dict[str, Any]:
    if not isinstance(read, dict):
        raise NotationError(f'"{written}" is no table: write {{ haemoglobin = "12.3 g/dL", on = 2026-03-02 }}')
    return read


def _toml(value: str) -> Any:
    """The value that TOML reads; None where it is none, so that quotes can be left out: 12.3 g/dL, female."""
    try:
        return tomllib.loads(f"value = {value}", parse_float=Decimal)["value"]
    except ValueError:  # no TOML, or a whole number of more digits than Python reads
        return None


def _is_odd(read: Any) -> bool:
    """TOML's words for numbers that are none (nan, inf)."""
    return isinstance(read, Decimal) and not read.is_finite()


# ---------------------------------------------------------------- files
def facts_in(file: Path, vocabulary: Vocabulary) -> list[Fact]:
    """The facts of a TOML file: facts = [...] or [[facts]] tables; a worked case's file is one of these.

    Raises Mistakes, which names each with its line.
    """
    layout, table = read_toml(file)
    stated = table.get("facts")
    if not isinstance(stated, list) or not stated:
        raise Fault(f'{file} holds no facts: write facts = [ {{ haemoglobin = "12.3 g/dL", on = 2026-03-02 }} ].')
    lines = lines_of(layout, ("facts",), len(stated))
    facts, mistakes = list[Fact](), list[Mistake]()
    for each, line in zip(stated, lines, strict=True):
        try:
            facts.append(read_stated(each, {}, vocabulary, f"{file.name}, line {line}").fact)
        except NotationError as error:
            mistakes.append(Mistake(str(file), line, 0, ended(str(error))))
    if mistakes:
        raise Mistakes(mistakes)
    return facts


def read_toml(file: Path) -> tuple[Places, dict[str, Any]]:
    """The file with the places of its keys. Raises Fault when it is not there or no TOML."""
    try:
        text = file.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
        return places(text), tomllib.loads(text, parse_float=Decimal)
    except FileNotFoundError:
        raise Fault(f"{file}: there is no such file.") from None
    except IsADirectoryError:
        raise Fault(f"{file} is a folder: name a file.") from None
    except UnicodeDecodeError:
        raise Fault(f"{file} is no text in UTF-8: save it as such.") from None
    except tomllib.TOMLDecodeError as error:
        raise Fault(f"{file} is not TOML: {error}.") from None
    except ValueError:
        raise Fault(f"{file} holds a number of more digits than can be read: write a shorter one.") from None


def lines_of(layout: Places, path: Keys, number: int) -> Sequence[int]:
    """The line of each item of a list, where it has one item a line or tables of their own; else that of its key."""
    own = layout.of(path).line
    if (*path, "0") in layout.known:
        return [layout.of((*path, str(item))).line for item in range(number)]
    found: list[int] = []
    for line in range(own, len(layout.lines)):
        text = layout.lines[line].strip()
        if text.startswith("]"):
            break
        if text.startswith(("{", '"', "'")):
            found.append(line + 1)
    return found if len(found) == number else [own] * number
