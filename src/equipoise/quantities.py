"""A measured number with its unit, as an interval of decimals.

Nothing here is a float: 3 x 1.2 is 3.6, and 7.99999... never stands for 8.0.
"""

import re
from decimal import Context, Decimal, InvalidOperation
from fractions import Fraction
from typing import Final, Literal, NamedTuple

from .truth import FALSE, NOT, TRUE, UNKNOWN, Truth
from .units import ALIASES as ALIASES
from .units import UNITS as UNITS
from .units import dimension as dimension
from .units import factor as factor
from .units import read_unit as read_unit
from .units import unit_text as unit_text

Comparison = Literal["<", "<=", ">", ">=", "=", "!="]


class Quantity(NamedTuple):
    """All numbers that a value may be, from `lo` to `hi`, in `unit` (a code of UNITS).

    A plain 7.8 has lo = hi. "<2" has no lower bound (`lo` is None) and an open upper one. None is unbounded.
    """

    lo: Decimal | None
    hi: Decimal | None
    unit: str
    lo_open: bool = False
    hi_open: bool = False

    @property
    def exact(self) -> bool:
        return self.lo is not None and self.lo == self.hi

    def __str__(self) -> str:
        return f"{number_text(self)} {unit_text(self.unit)}".strip()


def exactly(number: Decimal | int | str, unit: str) -> Quantity:
    """The quantity of one number."""
    value = Decimal(number)
    return Quantity(value, value, unit)


def decimal_text(number: Decimal) -> str:
    """A decimal as people write it: no exponent, and zeros kept as reported."""
    return f"{number:f}"


def number_text(quantity: Quantity) -> str:
    """The number or interval as people write it, without its unit: "7.8", "5-10", "<2", "at least 3"."""
    lo, hi = quantity.lo, quantity.hi
    if lo is not None and lo == hi:
        return decimal_text(lo)
    if lo is None and hi is None:
        return "any number"
    if lo is None or (lo == 0 and hi is not None and quantity.hi_open):
        assert hi is not None
        return f"{'<' if quantity.hi_open else '≤'}{decimal_text(hi)}"
    if hi is None:
        return f"{'>' if quantity.lo_open else '≥'}{decimal_text(lo)}"
    return f"{decimal_text(lo)}–{decimal_text(hi)}"


def read_decimal(text: str) -> Decimal | None:
    """A finite decimal from text, with a point or a decimal comma; None when it is no number (NaN is none)."""
    compact = text.strip().replace("\u202f", "").replace("\u00a0", "")
    if compact.count(",") == 1 and "." not in compact:
        whole, _, decimals = compact.partition(",")
        if len(decimals) == 3 and whole.lstrip("+-") not in ("", "0"):
            return None  # "1,234" is 1234 here and 1.234 there: nobody can tell
        compact = f"{whole}.{decimals}"
    try:
        number = Decimal(compact)
    except InvalidOperation:
        return None
    if not number.is_finite() or "_" in compact:
        return None
    return number if number == 0 or number.adjusted() in _POWERS else None  # 1e999999 would overflow any product


# ------------------------------------------------------------------ numbers as records write them
_COMPARATORS = {"<": "<", "<=": "<=", "=<": "<=", "≤": "<=", ">": ">", ">=": ">=", "=>": ">=", "≥": ">=", "=": "="}
_NUMBER = r"[+-]?(?:\d+(?:[.,]\d+)*|[.,]\d+)(?:[eE][+-]?\d+)?"
_COMPARED = re.compile(rf"\s*(<=|=<|>=|=>|[<>≤≥=])\s*({_NUMBER})\s*(.*)\Z", re.S)
_BETWEEN = re.compile(rf"\s*({_NUMBER})\s*(?:%\s*)?(?:-|–|—|to|bis|\.\.)\s*({_NUMBER})\s*(.*)\Z", re.S)
_PLAIN = re.compile(rf"\s*({_NUMBER})\s*(.*)\Z", re.S)
_BOTH_SIDES = re.compile(rf"\s*(>=?|≥)\s*({_NUMBER})\s*(?:and|,|;)?\s*(<=?|≤)\s*({_NUMBER})\s*(.*)\Z", re.S)
# Further powers of ten are slips of a file, and would overflow in conversion.
_POWERS = range(-30, 31)


def number_from_text(text: str) -> tuple[Quantity, str] | None:
    """The interval that a text states, with what follows it (a unit, perhaps): "<2", "5-10 %", "≥ 20", "7,8 g/dL".

    The quantity's unit is "" until somebody says it. None when the text is no number.
    """
    if match := _BOTH_SIDES.match(text):
        low, high = _number(match[2]), _number(match[4])
        if low is None or high is None or low >= high:
            return None
        return Quantity(low, high, "", match[1] == ">", match[3] == "<"), match[5].strip()
    if match := _COMPARED.match(text):
        number = _number(match[2])
        return None if number is None else (bounded(_COMPARATORS[match[1]], number), match[3].strip())
    if match := _BETWEEN.match(text):
        low, high = _number(match[1]), _number(match[2])
        if low is None or high is None or low > high:
            return None
        return Quantity(low, high, ""), match[3].strip()
    if match := _PLAIN.match(text):
        number = _number(match[1])
        return None if number is None else (Quantity(number, number, ""), match[2].strip())
    return None


def _number(text: str) -> Decimal | None:
    number = read_decimal(text)
    return number if number is None or number == 0 or number.adjusted() in _POWERS else None


def bounded(comparator: str, number: Decimal, unit: str = "") -> Quantity:
    """The interval that a comparator and a number state ("<" and 2: below 2). FHIR's comparators and "=" or ""."""
    match comparator:
        case "<":
            return Quantity(None, number, unit, hi_open=True)
        case "<=":
            return Quantity(None, number, unit)
        case ">":
            return Quantity(number, None, unit, lo_open=True)
        case ">=":
            return Quantity(number, None, unit)
        case _:
            return Quantity(number, number, unit)


def scaled(quantity: Quantity, by: Fraction, unit: str) -> Quantity:
    """The quantity times `by`, in `unit`; exact where the decimal ends, else to 28 digits."""
    top, bottom = Decimal(by.numerator), Decimal(by.denominator)
    return Quantity(
        None if quantity.lo is None else quantity.lo * top / bottom,
        None if quantity.hi is None else quantity.hi * top / bottom,
        unit,
        quantity.lo_open,
        quantity.hi_open,
    )


def converted(quantity: Quantity, into: str, molar_mass: Fraction | None = None) -> Quantity | None:
    """The same quantity in another unit; None when the units are not commensurable."""
    by = factor(quantity.unit, into, molar_mass)
    return None if by is None else scaled(quantity, by, into)


def rounded(quantity: Quantity, digits: int = 3) -> Quantity:
    """The quantity to so many significant digits, for showing to a person only."""

    def short(number: Decimal | None) -> Decimal | None:
        if number is None or number == 0:
            return number
        places = max(0, digits - number.adjusted() - 1)
        near = round(number, places).normalize()
        return near.quantize(Decimal(1)) if near == near.to_integral_value() else near

    return quantity._replace(lo=short(quantity.lo), hi=short(quantity.hi))


def _is_below(value: Quantity, limit: Decimal) -> Truth:
    """Is every number of the value below the limit? True, false, or unknown when it lies on both sides."""
    lo, hi = value.lo, value.hi
    if hi is not None and (hi < limit or (hi == limit and value.hi_open)):
        return TRUE
    if lo is not None and lo >= limit:
        return FALSE
    return UNKNOWN


def _is_above(value: Quantity, limit: Decimal) -> Truth:
    lo, hi = value.lo, value.hi
    if lo is not None and (lo > limit or (lo == limit and value.lo_open)):
        return TRUE
    if hi is not None and hi <= limit:
        return FALSE
    return UNKNOWN


def _is_equal(value: Quantity, limit: Decimal) -> Truth:
    if value.exact:
        return TRUE if value.lo == limit else FALSE
    apart = _is_below(value, limit) is TRUE or _is_above(value, limit) is TRUE
    return FALSE if apart else UNKNOWN


_EXACT: Final = Context(prec=500)  # Python's own 28 digits would round 7.999... (30 nines) to 8


def times(number: Decimal, by: Decimal) -> Decimal:
    """The product, with all its digits."""
    return _EXACT.multiply(number, by)


def changed_by(number: Decimal, percent: Decimal) -> Decimal:
    """The number and so many percent more (less, where they are negative), with all its digits."""
    return _EXACT.multiply(number, _EXACT.add(100, percent)).scaleb(-2, _EXACT)


def compare(value: Quantity, comparison: Comparison, limit: Decimal, by: Fraction | None = None) -> Truth:
    """Is value (times `by`, the factor into the limit's unit) so related to the limit? Strict is strict.

    The comparison is exact: both sides are multiplied out, nothing is divided.
    """
    if by is not None and by != 1:
        top, bottom = Decimal(by.numerator), Decimal(by.denominator)
        value = Quantity(
            None if value.lo is None else _EXACT.multiply(value.lo, top),
            None if value.hi is None else _EXACT.multiply(value.hi, top),
            value.unit,
            value.lo_open,
            value.hi_open,
        )
        limit = _EXACT.multiply(limit, bottom)
    if comparison == "<":
        return _is_below(value, limit)
    if comparison == ">=":
        return NOT[_is_below(value, limit)]
    if comparison == ">":
        return _is_above(value, limit)
    if comparison == "<=":
        return NOT[_is_above(value, limit)]
    return _is_equal(value, limit) if comparison == "=" else NOT[_is_equal(value, limit)]
