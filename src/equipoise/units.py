"""The table of units: what each measures, how much of it, how records spell it, and how one converts into another."""

from fractions import Fraction
from functools import lru_cache
from typing import Final

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
SPELLINGS: Final[dict[str, tuple[str, ...]]] = {
    "g/dL": ("g/100mL", "g%", "gm/dL", "gr/dL"),
    "mg/dL": ("mg%", "mg/100mL"),
    "ug/L": ("mcg/L",),
    "umol/L": ("mcmol/L", "mcmol/l", "uM"),
    "mmol/L": ("mM", "mM/L"),
    "10*9/L": (
        "10^9/L", "x10^9/L", "x10*9/L", "10e9/L", "10E9/L", "10e+9/L", "x10e9/L", "x10E9/L", "x109/L",
        "10⁹/L", "x10⁹/L", "G/L", "Gpt/L", "Giga/L",
    ),
    "/nL": ("/nl", "1/nL", "n/nL"),
    "10*3/uL": (
        "Tsd/uL", "Tsd./uL", "10^3/uL", "x10^3/uL", "x10*3/uL", "10e3/uL", "10E3/uL", "x10e3/uL", "x10E3/uL",
        "x103/uL", "10³/uL", "x10³/uL", "K/uL", "k/uL", "K/mm3", "K/cumm", "thou/uL", "thousand/uL",
        "Thousand/uL", "10*3/mm3", "10^3/mm3", "x10^3/mm3", "x103/mm3", "10³/mm³", "10*3.uL-1",
    ),
    "10*6/uL": ("10*6/mm3", "10^6/uL", "x10^6/uL", "M/uL"),
    "10*12/L": ("T/L", "Tpt/L", "10^12/L", "x10^12/L", "10E12/L"),
    "10*6/L": ("10^6/L",),
    "/pL": ("1/pL",),
    "/uL": ("cells/uL", "{cells}/uL", "1/uL", "#/uL"),
    "/mm3": ("cells/mm3", "/mm³", "/cumm", "/cmm", "1/mm3"),
    "/L": ("cells/L", "1/L"),
    "%": ("percent", "Percent", "pct", "{%}", "% of total"),
    "1": ("{ratio}", "ratio", "{Ratio}", "fraction"),
    "{INR}": ("INR", "{inr}", "inr", "{INR}1"),
    "{score}": ("score", "{Score}", "{ECOG}"),
    "/(2.mm2)": ("/2mm2", "/2 mm2", "/(2mm2)", "per 2 mm2", "/2mm²", "/2 mm²", "/(2.mm²)"),
    "kg": ("kilogram", "kgs", "Kg", "KG"),
    "[lb_av]": ("lb", "lbs"),
    "[in_i]": ("in", "inch", "inches"),
    "s": ("sec", "secs", "seconds", "Sek", "Sek.", "sek", "second"),
    "h": ("hours",),
    "min": ("minutes",),
    "d": ("days", "day"),
    "m[iU]/mL": ("mIU/mL", "mU/mL"),
    "[iU]/L": ("IU/L", "iU/L", "[IU]/L", "IE/L"),
    "mL/min": ("ml/min",),
    "mL/s": ("ml/s",),
    "mL": ("cc",),
}  # fmt: skip
ALIASES: Final = {spelling: code for code, spellings in SPELLINGS.items() for spelling in spellings}


@lru_cache(maxsize=4096)
def read_unit(text: str) -> str | None:
    """The code of UNITS that a spelling stands for; None when the table lacks it. Case matters (mg is not Mg)."""
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
    """The same spelling with a capital L for the litre ("g/dl" is "g/dL"), after the slash only."""
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
