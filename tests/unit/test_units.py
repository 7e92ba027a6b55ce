"""Every entry of the table of units, derived a second time from its parts."""

import re
from fractions import Fraction

import pytest

from equipoise.quantities import ALIASES, UNITS, dimension, factor, read_unit, unit_text

PREFIX = {
    "": 1,
    "G": 10**9,
    "M": 10**6,
    "k": 10**3,
    "d": Fraction(1, 10),
    "c": Fraction(1, 100),
    "m": Fraction(1, 10**3),
    "u": Fraction(1, 10**6),
    "n": Fraction(1, 10**9),
    "p": Fraction(1, 10**12),
}
# UCUM atom -> (what it measures, how much of it): mass in g, amount in mol, length in m, time in s, activity in Bq.
ATOMS = {
    "g": ("M", Fraction(1)), "mol": ("N", Fraction(1)), "L": ("LLL", Fraction(1, 1000)), "m": ("L", Fraction(1)),
    "s": ("T", Fraction(1)), "min": ("T", Fraction(60)), "h": ("T", Fraction(3600)), "d": ("T", Fraction(86400)),
    "Bq": ("A", Fraction(1)), "Ci": ("A", Fraction(37 * 10**9)), "[iU]": ("I", Fraction(1)),
    "U": ("C", Fraction(1, 10**6) / 60), "kat": ("C", Fraction(1)),  # 1 U is 1 umol a minute
    "[lb_av]": ("M", Fraction("453.59237")), "[in_i]": ("L", Fraction("0.0254")),
    "%": ("", Fraction(1, 100)), "1": ("", Fraction(1)), "{INR}": ("", Fraction(1)), "{score}": ("", Fraction(1)),
}  # fmt: skip


def derived(code: str) -> tuple[str, Fraction]:
    """The dimension and size of a UCUM code, from its parts."""
    top, slash, bottom = code.partition("/")
    kind, size = one(top) if top else ("", Fraction(1))
    if not slash:
        return kind, size
    below, by = one(bottom.strip("()"))
    return f"{kind}/{below}", size / by


def one(code: str) -> tuple[str, Fraction]:
    if power := re.fullmatch(r"10\*(\d+)", code):
        return "", Fraction(10) ** int(power[1])
    if product := re.fullmatch(r"(\d+)\.(.+)", code):
        kind, size = one(product[2])
        return kind, size * int(product[1])
    if exponent := re.fullmatch(r"(\D+)([23])", code):
        kind, size = one(exponent[1])
        return kind * int(exponent[2]), size ** int(exponent[2])
    for atom in sorted(ATOMS, key=len, reverse=True):
        if code.endswith(atom) and code[: -len(atom)] in PREFIX:
            kind, size = ATOMS[atom]
            return kind, size * PREFIX[code[: -len(atom)]]
    raise AssertionError(code)


def same_kind(one: str, other: str) -> bool:
    return sorted(one.partition("/")[0]) == sorted(other.partition("/")[0]) and sorted(one.partition("/")[2]) == sorted(
        other.partition("/")[2]
    )


@pytest.mark.parametrize("code", UNITS)
def test_dimension_and_size(code: str) -> None:
    """Against every other unit of the same dimension the factor is that of the derivation, and the dimension too."""
    kind, size = derived(code)
    for other in UNITS:
        other_kind, other_size = derived(other)
        if dimension(code) == dimension(other):
            assert same_kind(kind, other_kind), (code, other)
            assert factor(code, other) == size / other_size, (code, other)
        elif same_kind(kind, other_kind):  # a score, a ratio and an INR are all plain numbers, and not to be mixed
            assert {dimension(code), dimension(other)} <= {"ratio", "INR", "score"}, (code, other)


@pytest.mark.parametrize(("spelling", "code"), ALIASES.items())
def test_aliases_resolve(spelling: str, code: str) -> None:
    assert code in UNITS
    assert read_unit(spelling) == code
    assert spelling not in UNITS


@pytest.mark.parametrize(
    ("spelling", "code"),
    [
        ("K/uL", "10*3/uL"),
        ("x10^9/L", "10*9/L"),
        ("/nL", "/nL"),
        ("x 10^9 / L", "10*9/L"),
        ("10*9/l", "10*9/L"),
        ("g/dl", "g/dL"),
        ("µmol/l", "umol/L"),
        ("μmol/L", "umol/L"),
        ("mcg/L", "ug/L"),
        ("10^3/mcL", "10*3/uL"),
        ("×10⁹/L", "10*9/L"),
        ("/µL", "/uL"),
        ("/mm³", "/mm3"),
        (" % ", "%"),
        ("U/l", "U/L"),
        ("ml/min", "mL/min"),
        ("mg/dl", "mg/dL"),
        ("IU/l", "[iU]/L"),
    ],
)
def test_spellings_seen_in_files(spelling: str, code: str) -> None:
    assert read_unit(spelling) == code


@pytest.mark.parametrize("spelling", ["", "Mg/dL", "MG/DL", "mmol", "K", "g/D", "mg/dl/l", "10*9", "IU", "furlong"])
def test_unknown_spellings_stay_unknown(spelling: str) -> None:
    assert read_unit(spelling) is None


def test_case_tells_milli_from_mega() -> None:
    assert read_unit("MBq") == "MBq"
    assert read_unit("mBq") is None
    assert read_unit("Mg/dL") is None


def test_every_unit_has_words() -> None:
    assert all(unit_text(code) or code in ("1", "{score}", "{INR}") for code in UNITS)
    assert unit_text("furlong") == "furlong"
