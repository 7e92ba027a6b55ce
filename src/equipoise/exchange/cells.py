"""One cell of a sheet -> a day, or the value of a concept; or the sentence why it cannot be read."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from ..concepts import Concept
from ..dates import EARLIEST, LATEST, Span, day_text, on_day, read_span
from ..facts import NOTHING, ONGOING, Choice, Text, Value
from ..quantities import Quantity
from .columns import nearest
from .values import answer_from_text, measured, number_from_text


class Cell(NamedTuple):
    """What stands in a cell, as text. A stored day is in ISO form ("2026-03" where the cell shows no day)."""

    text: str
    kind: Literal["text", "number", "day", "error"] = "text"


class Taken(NamedTuple):
    """A value as read, and why it must not be used ("" when it may be)."""

    value: Value
    doubt: str = ""


class Problem(NamedTuple):
    """Why a cell could not be read, and the class of that reason for counting."""

    why: str
    kind: str


EMPTY: Final = Cell("")
SERIAL_DAY_0: Final = date(1899, 12, 30)  # by which day 1 March 1900 and all later are right (Excel's 1900 system)
NO_VALUE: Final = "no value"

_UNKNOWN: Final = {
    "?", "??", "-", "--", "–", ".", "/", "n/a", "n.a.", "na", "nan", "nd", "n.d.", "nk", "unk", "unknown",
    "not_known", "not_recorded", "not_done", "missing", "null", "unbekannt", "k.a.", "k._a.", "#n/a",
}  # fmt: skip
_NONE: Final = {"none", "nil", "never", "keine", "kein", "keiner", "keines", "nie", "no_such_event"}
_ONGOING: Final = {"ongoing", "continuing", "continues", "goes_on", "still", "andauernd", "laufend"}
MARKED_TEXT: Final = "text:"
NO_SUCH_EVENT: Final = "no such event"  # "none", also where "none" is an answer
ANY_NUMBER: Final = "any number"


def _word(text: str) -> str:
    return "_".join(text.casefold().split())


def says_unknown(text: str) -> bool:
    return _word(text) in _UNKNOWN


def says_none(text: str) -> bool:
    return _word(text) in _NONE


# ------------------------------------------------------------------ cells of a workbook
def workbook_cell(value: object, number_format: str) -> Cell:
    """The cell that a workbook stores as `value` and shows by `number_format`."""
    if value is None:
        return EMPTY
    if isinstance(value, bool):
        return Cell("true" if value else "false")
    if isinstance(value, int | float):
        return _number_cell(value, number_format)
    if isinstance(value, datetime | date):
        day = value.date() if isinstance(value, datetime) else value
        return Cell(_shown_day(day, number_format), "day")
    text = str(value).strip()
    return Cell(text, "error") if text.startswith("#") and text.endswith(("!", "?", "/0!", "/A")) else Cell(text)


def _number_cell(value: int | float, number_format: str) -> Cell:
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return Cell(str(value))
    # 15 digits are what Excel itself shows and keeps: 0.1 + 0.2 is 0.3 there, and here.
    number = Decimal(value) if isinstance(value, int) else Decimal(format(value, ".15g"))
    if "%" in re.sub(r'"[^"]*"|\\.', "", number_format or ""):
        return Cell(f"{(number * 100).normalize():f} %", "number")
    return Cell(f"{number:f}", "number")


def _shown_day(day: date, number_format: str) -> str:
    """Excel stores "2026-03" as 1 March and shows "Mar-26": what it does not show was never said."""
    codes = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]', "", (number_format or "").lower())
    if "y" in codes and "d" not in codes and "h" not in codes:
        return f"{day:%Y-%m}" if "m" in codes else f"{day:%Y}"
    return day.isoformat()


# ------------------------------------------------------------------ days
_MONTH_NAMES: Final = (
    ("jan", "january", "januar", "jän", "jänner"), ("feb", "february", "februar"),
    ("mar", "march", "mär", "märz", "mrz"), ("apr", "april"), ("may", "mai"), ("jun", "june", "juni"),
    ("jul", "july", "juli"), ("aug", "august"), ("sep", "sept", "september"),
    ("oct", "october", "okt", "oktober"), ("nov", "november"), ("dec", "december", "dez", "dezember"),
)  # fmt: skip
_MONTHS: Final = {name: number for number, names in enumerate(_MONTH_NAMES, start=1) for name in names}
_TIME = re.compile(r"(?:\s+|T)\d{1,2}:\d{2}.*\Z|Z\Z", re.S)
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?\Z")
_SOLID = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})\Z")
_DOTTED = re.compile(r"(\d{1,2})\.\s*(\d{1,2})\.\s*(\d{4})\Z")
_SLASHED = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})\Z")
_MONTH_YEAR = re.compile(r"(\d{1,2})[./-](\d{4})\Z")
_DAY_NAMED = re.compile(r"(?:(\d{1,2})(?:st|nd|rd|th)?[.\s-]*)?([^\W\d]+)[.,\s-]*(\d{4})\Z")
_NAMED_DAY = re.compile(r"([^\W\d]+)[.\s]*(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\Z")
_SHORT_YEAR = re.compile(r"\d{1,2}[./-]\s*\d{1,2}[./-]\s*\d{2}\Z")
_SERIAL = re.compile(r"(\d{5})(?:[.,]\d+)?\Z")
_YEARS = range(1850, 2201)


def read_day(cell: Cell, day_0: date = SERIAL_DAY_0) -> Span | Problem:
    """The days that a date cell states: exact, partial ("2026-03"), or from-to ("2026-03-02/2026-03-09").

    `day_0` is the workbook's day 0, for dates that stand as serial numbers.
    """
    return _day(cell.text, cell.kind, day_0)


@lru_cache(maxsize=65536)
def _day(text: str, kind: str, day_0: date) -> Span | Problem:
    if kind == "error":
        return _shows_an_error(text)
    first, slash, last = text.partition("/")
    if slash and (".." in (first.strip(), last.strip()) or (len(first.strip()) >= 7 and "/" not in last)):
        return _from_to(first.strip(), last.strip(), day_0)
    found = _calendar_day(_TIME.sub("", text.strip()), day_0)
    if isinstance(found, Problem):
        return found
    if found is None:
        return Problem("is no date: write 2026-03-02, or 2026-03, or 2026, as far as it is known", "no date")
    if found.first.year not in _YEARS:
        return Problem(f"lies in the year {found.first.year}, which cannot be right", "no date")
    return found


def _from_to(first: str, last: str, day_0: date) -> Span | Problem:
    start = Span(EARLIEST, EARLIEST) if first == ".." else _day(first, "text", day_0)
    end = Span(LATEST, LATEST) if last == ".." else _day(last, "text", day_0)
    for side in (start, end):
        if isinstance(side, Problem):
            return side
    assert isinstance(start, Span) and isinstance(end, Span)
    if start.lo > end.hi:
        return Problem("ends before it begins", "no date")
    return Span(start.lo, end.hi)


def _calendar_day(text: str, day_0: date) -> Span | Problem | None:
    if span := read_span(text):
        return span
    if match := _SERIAL.match(text):
        number = int(match[1])
        # 10000 is 18 May 1927, 80000 is 10 January 2119; four digits are a year.
        return on_day(day_0 + timedelta(days=number)) if 10000 <= number <= 80000 else None
    if match := _YEAR_FIRST.match(text) or _SOLID.match(text):
        return _span(match[1], match[2], match[3])
    if match := _DOTTED.match(text):
        return _span(match[3], match[2], match[1])
    if match := _SLASHED.match(text):
        return _either_order(*match.groups())
    if match := _MONTH_YEAR.match(text):
        return _span(match[2], match[1], None)
    if (match := _DAY_NAMED.match(text)) and (month := _month(match[2])):
        return _span(match[3], month, match[1])
    if (match := _NAMED_DAY.match(text)) and (month := _month(match[1])):
        return _span(match[3], month, match[2])
    if _SHORT_YEAR.match(text):
        return Problem("has a year of two digits: write all four (2026-03-02)", "unclear date")
    return None


def _month(name: str) -> str:
    return str(_MONTHS.get(name.casefold(), ""))


def _span(year: str, month: str, day: str | None) -> Span | None:
    return read_span("-".join([year, month.zfill(2), *([day.zfill(2)] if day else [])]))


def _either_order(one: str, other: str, year: str) -> Span | Problem | None:
    """2/3/2026 is 2 March here and 3 February there; 13/3/2026 can only be 13 March."""
    day_first, month_first = _span(year, other, one), _span(year, one, other)
    if day_first and month_first and day_first != month_first:
        either = f"{day_text(day_first.first)} or {day_text(month_first.first)}"
        return Problem(f"may be {either}: write {day_first.first} or {month_first.first}", "unclear date")
    return day_first or month_first


def read_end(cell: Cell, day_0: date = SERIAL_DAY_0) -> Span | Problem:
    """As read_day, and "ongoing"."""
    return ONGOING if _word(cell.text) in _ONGOING else read_day(cell, day_0)


# ------------------------------------------------------------------ values
def read_value(concept: Concept, cell: Cell, unit: str = "", day_0: date = SERIAL_DAY_0) -> Taken | Problem:
    """The value of a concept (or of a record's field) that a cell states; `unit` is the one of its head."""
    if cell.kind == "error":
        return _shows_an_error(cell.text)
    if cell.text.startswith(MARKED_TEXT):
        return Taken(Text(cell.text.removeprefix(MARKED_TEXT).strip()))
    if cell.text == NO_SUCH_EVENT:
        return Taken(NOTHING)
    match concept.kind:
        case "text":
            return Taken(Text(cell.text))
        case "quantity":
            return _unless_unknown(cell) or read_quantity(concept, cell, unit)
        case "date":
            found = _unless_unknown(cell) or read_day(cell, day_0)
            return found if isinstance(found, Problem) else Taken(found)
        case _:
            # "unknown" may be an answer (an unknown primary): so the answers come first.
            return _answers(concept, cell)


def _shows_an_error(text: str) -> Problem:
    return Problem(f"is an error of the spreadsheet ({text}), not a value", "spreadsheet error")


def _unless_unknown(cell: Cell) -> Problem | None:
    return Problem(f'"{cell.text}" gives no value', NO_VALUE) if says_unknown(cell.text) else None


def read_quantity(concept: Concept, cell: Cell, unit: str) -> Taken | Problem:
    """The number of a cell in the unit that the cell states itself, or else its head."""
    if cell.kind == "day":
        span = read_span(cell.text)
        shown = str(span) if span else cell.text
        return Problem(
            f'holds the date {shown}: a spreadsheet turns an entry such as "5-10" or "10.5" into a date. '
            "Format the cell as text and enter the number again",
            "date in place of a number",
        )
    found = number_from_text(cell.text)
    if found is None and cell.text.startswith(ANY_NUMBER):
        found = Quantity(None, None, ""), cell.text.removeprefix(ANY_NUMBER).strip()
    if found is None:
        return Problem("is no number that can be read in one way only", "no number")
    number, stated = found
    quantity, doubt = measured(concept, number, stated or unit)
    return Taken(quantity, doubt)


def doubt_kind(doubt: str) -> str:
    """The class of a doubt of `measured`, for counting."""
    return "implausible value" if "not plausible" in doubt or "whole number" in doubt else "unknown unit"


def _answers(concept: Concept, cell: Cell) -> Taken | Problem:
    whole = answer_from_text(concept, cell.text)
    if whole is not None:
        return Taken(Choice(frozenset({whole})))
    if unknown := _unless_unknown(cell):
        return unknown
    if concept.several:
        for pattern in (r"[;|\n]", r"[;|\n,+]"):
            parts = [part.strip() for part in re.split(pattern, cell.text) if part.strip()]
            answers = [answer_from_text(concept, part) for part in parts]
            if answers and None not in answers:
                return Taken(Choice(frozenset(answer for answer in answers if answer is not None)))
    return Problem(
        f"is none of the answers {', '.join(concept.answers)}.{nearest(cell.text, _names(concept))}",
        "unknown answer",
    )


def _names(concept: Concept) -> list[str]:
    return list(dict.fromkeys([*concept.answers, *concept.answers.values()]))


def quantity_cell(quantity: Quantity) -> str:
    """A quantity's number or interval in the spelling that is read back as the same; without its unit."""
    lo, hi = quantity.lo, quantity.hi
    below = "" if hi is None else f"{'<' if quantity.hi_open else '<='}{hi:f}"
    above = "" if lo is None else f"{'>' if quantity.lo_open else '>='}{lo:f}"
    if lo is None or hi is None:
        return above or below or ANY_NUMBER
    if quantity.lo_open or quantity.hi_open:
        return f"{above} and {below}"
    return f"{lo:f}" if lo == hi else f"{lo:f} to {hi:f}"


def day_cell(span: Span) -> str:
    """Days in the spelling that is read back as the same."""
    if span == ONGOING:
        return "ongoing"
    for size in (4, 7, 10):
        text = span.first.isoformat()[:size]
        if read_span(text) == span:
            return text
    first = ".." if span.lo <= EARLIEST else span.first.isoformat()
    last = ".." if span.hi >= LATEST else span.last.isoformat()
    return f"{first}/{last}"
