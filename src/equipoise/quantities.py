"""A measured number with its unit, as an interval of decimals; and the table by which units convert.

Nothing here is a float: 3 x 1.2 is 3.6, and 7.99999... never stands for 8.0.
"""

import re
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from .truth import FALSE, NOT, TRUE, UNKNOWN, Truth

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
    return number if number.is_finite() and "_" not in compact else None


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


# ------------------------------------------------------------------ units
# code -> (dimension, how many of the dimension's base unit, how people write it).
# Codes are UCUM (https://ucum.org, version 2.2). The factors are exact by the SI's definitions of the prefixes;
# 1 Ci = 3.7e10 Bq (UCUM); 1 a month has no fixed length and is not here: calendar time is in dates.py.
UNITS: Final[dict[str, tuple[str, Fraction, str]]] = {
    "g/L": ("mass concentration", Fraction(1), "g/L"),
    "g/dL": ("mass concentration", Fraction(10), "g/dL"),
    "g/mL": ("mass concentration", Fraction(1000), "g/mL"),
    "mg/L": ("mass concentration", Fraction(1, 1000), "mg/L"),
    "mg/dL": ("mass concentration", Fraction(1, 100), "mg/dL"),
    "mg/mL": ("mass concentration", Fraction(1), "mg/mL"),
    "ug/L": ("mass concentration", Fraction(1, 10**6), "µg/L"),
    "ug/dL": ("mass concentration", Fraction(1, 10**5), "µg/dL"),
    "ug/mL": ("mass concentration", Fraction(1, 1000), "µg/mL"),
    "ng/mL": ("mass concentration", Fraction(1, 10**6), "ng/mL"),
    "ng/L": ("mass concentration", Fraction(1, 10**9), "ng/L"),
    "pg/mL": ("mass concentration", Fraction(1, 10**9), "pg/mL"),
    "mol/L": ("molar concentration", Fraction(1), "mol/L"),
    "mmol/L": ("molar concentration", Fraction(1, 1000), "mmol/L"),
    "umol/L": ("molar concentration", Fraction(1, 10**6), "µmol/L"),
    "nmol/L": ("molar concentration", Fraction(1, 10**9), "nmol/L"),
    "10*12/L": ("number concentration", Fraction(10**12), "× 10¹²/L"),
    "10*9/L": ("number concentration", Fraction(10**9), "× 10⁹/L"),
    "10*6/L": ("number concentration", Fraction(10**6), "× 10⁶/L"),
    "10*6/uL": ("number concentration", Fraction(10**12), "× 10⁶/µL"),
    "10*3/uL": ("number concentration", Fraction(10**9), "× 10³/µL"),
    "10*3/mL": ("number concentration", Fraction(10**6), "× 10³/mL"),
    "/nL": ("number concentration", Fraction(10**9), "/nL"),
    "/uL": ("number concentration", Fraction(10**6), "/µL"),
    "/mm3": ("number concentration", Fraction(10**6), "/mm³"),
    "/L": ("number concentration", Fraction(1), "/L"),
    "/pL": ("number concentration", Fraction(10**12), "/pL"),
    "1": ("ratio", Fraction(1), ""),
    "%": ("ratio", Fraction(1, 100), "%"),
    "{INR}": ("INR", Fraction(1), ""),
    "{score}": ("score", Fraction(1), ""),
    "/(2.mm2)": ("count per area", Fraction(1, 2), "per 2 mm²"),
    "/mm2": ("count per area", Fraction(1), "per mm²"),
    "kg": ("mass", Fraction(1000), "kg"),
    "g": ("mass", Fraction(1), "g"),
    "mg": ("mass", Fraction(1, 1000), "mg"),
    "[lb_av]": ("mass", Fraction(45359237, 100000), "lb"),
    "m": ("length", Fraction(1), "m"),
    "cm": ("length", Fraction(1, 100), "cm"),
    "mm": ("length", Fraction(1, 1000), "mm"),
    "[in_i]": ("length", Fraction(254, 10000), "in"),
    "s": ("time", Fraction(1), "s"),
    "min": ("time", Fraction(60), "min"),
    "h": ("time", Fraction(3600), "h"),
    "d": ("time", Fraction(86400), "days"),
    "mL/min": ("flow", Fraction(1), "mL/min"),
    "mL/s": ("flow", Fraction(60), "mL/s"),
    "L": ("volume", Fraction(1), "L"),
    "mL": ("volume", Fraction(1, 1000), "mL"),
    "U/L": ("catalytic concentration", Fraction(1), "U/L"),
    "ukat/L": ("catalytic concentration", Fraction(60), "µkat/L"),
    "[iU]/L": ("arbitrary concentration", Fraction(1), "IU/L"),
    "m[iU]/mL": ("arbitrary concentration", Fraction(1), "mIU/mL"),
    "GBq": ("activity", Fraction(10**9), "GBq"),
    "MBq": ("activity", Fraction(10**6), "MBq"),
    "mCi": ("activity", Fraction(37 * 10**6), "mCi"),
    "MBq/mL": ("activity concentration", Fraction(1), "MBq/mL"),
}

# Spellings seen in real files, each for exactly one code. K/uL is thousands per microlitre, never kelvin.
ALIASES: Final[dict[str, str]] = {
    "g/100mL": "g/dL", "g%": "g/dL", "gm/dL": "g/dL", "gr/dL": "g/dL", "mg%": "mg/dL", "mg/100mL": "mg/dL", "mcg/L": "ug/L",
    "mcmol/L": "umol/L", "mcmol/l": "umol/L", "mM": "mmol/L", "uM": "umol/L", "mM/L": "mmol/L",
    "10^9/L": "10*9/L", "x10^9/L": "10*9/L", "x10*9/L": "10*9/L", "10e9/L": "10*9/L", "10E9/L": "10*9/L", "10e+9/L": "10*9/L",
    "x10e9/L": "10*9/L", "x10E9/L": "10*9/L", "x109/L": "10*9/L", "10⁹/L": "10*9/L", "x10⁹/L": "10*9/L", "G/L": "10*9/L",
    "Gpt/L": "10*9/L", "Giga/L": "10*9/L", "/nl": "/nL", "1/nL": "/nL", "n/nL": "/nL", "Tsd/uL": "10*3/uL", "Tsd./uL": "10*3/uL",
    "10^3/uL": "10*3/uL", "x10^3/uL": "10*3/uL", "x10*3/uL": "10*3/uL", "10e3/uL": "10*3/uL", "10E3/uL": "10*3/uL",
    "x10e3/uL": "10*3/uL", "x10E3/uL": "10*3/uL", "x103/uL": "10*3/uL", "10³/uL": "10*3/uL", "x10³/uL": "10*3/uL", "K/uL": "10*3/uL",
    "k/uL": "10*3/uL", "K/mm3": "10*3/uL", "K/cumm": "10*3/uL", "thou/uL": "10*3/uL", "thousand/uL": "10*3/uL", "Thousand/uL": "10*3/uL",
    "10*3/mm3": "10*3/uL", "10^3/mm3": "10*3/uL", "x10^3/mm3": "10*3/uL", "x103/mm3": "10*3/uL", "10³/mm³": "10*3/uL",
    "10*6/mm3": "10*6/uL", "10^6/uL": "10*6/uL", "x10^6/uL": "10*6/uL", "M/uL": "10*6/uL", "T/L": "10*12/L", "Tpt/L": "10*12/L",
    "10^12/L": "10*12/L", "x10^12/L": "10*12/L", "10E12/L": "10*12/L", "10^6/L": "10*6/L", "1/pL": "/pL",
    "cells/uL": "/uL", "{cells}/uL": "/uL", "1/uL": "/uL", "#/uL": "/uL", "cells/mm3": "/mm3", "/mm³": "/mm3", "/cumm": "/mm3", "/cmm": "/mm3",
    "1/mm3": "/mm3", "cells/L": "/L", "1/L": "/L", "10*3.uL-1": "10*3/uL",
    "percent": "%", "Percent": "%", "pct": "%", "{%}": "%", "% of total": "%", "{ratio}": "1", "ratio": "1", "{Ratio}": "1", "fraction": "1",
    "INR": "{INR}", "{inr}": "{INR}", "inr": "{INR}", "{INR}1": "{INR}", "score": "{score}", "{Score}": "{score}", "{ECOG}": "{score}",
    "/2mm2": "/(2.mm2)", "/2 mm2": "/(2.mm2)", "/(2mm2)": "/(2.mm2)", "per 2 mm2": "/(2.mm2)", "/2mm²": "/(2.mm2)", "/2 mm²": "/(2.mm2)", "/(2.mm²)": "/(2.mm2)",
    "kilogram": "kg", "kgs": "kg", "Kg": "kg", "KG": "kg", "lb": "[lb_av]", "lbs": "[lb_av]", "in": "[in_i]", "inch": "[in_i]", "inches": "[in_i]",
    "sec": "s", "secs": "s", "seconds": "s", "Sek": "s", "Sek.": "s", "sek": "s", "second": "s", "hours": "h", "minutes": "min", "days": "d", "day": "d",
    "mIU/mL": "m[iU]/mL", "IU/L": "[iU]/L", "iU/L": "[iU]/L", "mU/mL": "m[iU]/mL", "[IU]/L": "[iU]/L", "IE/L": "[iU]/L",
    "ml/min": "mL/min", "ml/s": "mL/s", "cc": "mL",
}  # fmt: skip


@lru_cache(maxsize=4096)
def read_unit(text: str) -> str | None:
    """The code of UNITS that a spelling stands for; None when the table does not know it. Case matters (mg is not Mg)."""
    spelling = text.strip()
    if spelling in UNITS:
        return spelling
    plain = spelling.replace("µ", "u").replace("μ", "u").replace("×", "x").replace("mcL", "uL").replace("mcl", "uL")
    compact = "".join(plain.split())
    for candidate in (plain, compact, _litres(compact)):
        if candidate in UNITS:
            return candidate
        if candidate in ALIASES:
            return ALIASES[candidate]
    return None


def _litres(spelling: str) -> str:
    """The same spelling with a capital L for the litre ("g/dl" is "g/dL"): only after the slash, where it means nothing else."""
    top, slash, bottom = spelling.rpartition("/")
    if bottom in ("l", "dl", "ml", "ul", "nl", "pl"):
        return f"{top}{slash}{bottom[:-1]}L"
    return spelling


def unit_text(unit: str) -> str:
    """A unit as people write it ("10*9/L" is "× 10⁹/L")."""
    return UNITS[unit][2] if unit in UNITS else unit


def dimension(unit: str) -> str | None:
    """What kind of thing a unit measures; None for a unit that the table does not know."""
    return UNITS[unit][0] if unit in UNITS else None


@lru_cache(maxsize=4096)
def factor(unit: str, into: str, molar_mass: Fraction | None = None) -> Fraction | None:
    """By what a number in `unit` is multiplied to be in `into`, exactly; None when they are not commensurable.

    `molar_mass` in g/mol joins mass and molar concentration of one analyte.
    """
    if unit == into:
        return Fraction(1)
    if unit not in UNITS or into not in UNITS:
        return None
    (kind, size, _), (other_kind, other_size, _) = UNITS[unit], UNITS[into]
    if kind == other_kind:
        return size / other_size
    if molar_mass is not None:
        if (kind, other_kind) == ("mass concentration", "molar concentration"):
            return size / molar_mass / other_size
        if (kind, other_kind) == ("molar concentration", "mass concentration"):
            return size * molar_mass / other_size
    return None


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
        short_form = round(number, places) if places else number.to_integral_value()
        return short_form.normalize() if short_form == short_form.to_integral_value() or places else short_form

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


def compare(value: Quantity, comparison: Comparison, limit: Decimal, by: Fraction | None = None) -> Truth:
    """Is value (times `by`, the factor into the limit's unit) so related to the limit? Strict is strict.

    The comparison is exact: both sides are multiplied out, nothing is divided.
    """
    if by is not None and by != 1:
        top, bottom = Decimal(by.numerator), Decimal(by.denominator)
        value = Quantity(
            None if value.lo is None else value.lo * top,
            None if value.hi is None else value.hi * top,
            value.unit,
            value.lo_open,
            value.hi_open,
        )
        limit = limit * bottom
    if comparison == "<":
        return _is_below(value, limit)
    if comparison == ">=":
        return NOT[_is_below(value, limit)]
    if comparison == ">":
        return _is_above(value, limit)
    if comparison == "<=":
        return NOT[_is_above(value, limit)]
    return _is_equal(value, limit) if comparison == "=" else NOT[_is_equal(value, limit)]
