"""Quantities that are computed from others: the closed list of formulas that a concept may name."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final, NamedTuple

from ..dates import Span, completed_years
from ..facts import Choice, Fact
from ..quantities import Quantity, converted, exactly


class Formula(NamedTuple):
    """A formula: the units of its numeric arguments ("" for what is not measured), its result, and where it is from."""

    arguments: Mapping[str, str]
    compute: Callable[[Mapping[str, Fact], Mapping[str, Quantity], int], Quantity | None]
    source: str


def cockcroft_gault(facts: Mapping[str, Fact], numbers: Mapping[str, Quantity], day: int) -> Quantity | None:
    """Creatinine clearance in mL/min from age (years on `day`), actual weight (kg), serum creatinine (mg/dL) and sex.

    (140 - age) x weight / (72 x creatinine), times 0.85 for women: Cockcroft and Gault, Nephron 1976;16:31-41.
    None unless every argument is exact.
    """
    born, sex = facts["age"].value, facts["sex"].value
    weight, creatinine = numbers["weight"], numbers["creatinine"]
    if not isinstance(born, Span) or not born.exact or not isinstance(sex, Choice):
        return None
    if not weight.exact or not creatinine.exact or weight.lo is None or not creatinine.lo:
        return None
    if sex.answers not in (frozenset(["female"]), frozenset(["male"])):
        return None
    years = completed_years(born.lo, day)
    share = Decimal("0.85") if "female" in sex.answers else Decimal(1)
    return exactly((140 - years) * weight.lo * share / (72 * creatinine.lo), "mL/min")


FORMULAS: Final[dict[str, Formula]] = {
    "cockcroft_gault": Formula(
        {"age": "", "sex": "", "weight": "kg", "creatinine": "mg/dL"},
        cockcroft_gault,
        "Cockcroft DW, Gault MH. Prediction of creatinine clearance from serum creatinine. Nephron 1976;16:31-41",
    ),
}


def computed(formula: Formula, facts: Mapping[str, Fact], masses: Mapping[str, object], day: int) -> Quantity | None:
    """The formula's result from one fact an argument; `masses` gives the molar mass of each argument that has one."""
    numbers: dict[str, Quantity] = {}
    for argument, unit in formula.arguments.items():
        value = facts[argument].value
        if not unit:
            continue
        number = converted(value, unit, masses.get(argument)) if isinstance(value, Quantity) else None  # pyright: ignore[reportArgumentType]
        if number is None or facts[argument].doubt:
            return None
        numbers[argument] = number
    return formula.compute(facts, numbers, day)
