"""[product] of treatment.toml -> what the pharmacy delivers: half-life, concentration, vial and shelf life."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ..quantities import Quantity, converted, number_from_text, read_unit
from .file import File
from .places import Path


@dataclass(frozen=True, slots=True)
class Sourced:
    """A number of the product with its source; `unverified`: seen in no source that we could read."""

    value: Quantity
    source: str
    unverified: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Product:
    """A radiopharmaceutical as it is delivered.

    half_life in days. concentration in MBq/mL at the moment of calibration. least, most: how many mL a vial may hold.
    shelf_life in hours after calibration; None where it is not stated.
    """

    name: str
    isotope: str
    source: str
    half_life: Sourced
    concentration: Sourced
    least: Sourced
    most: Sourced
    shelf_life: Sourced | None = None


# The unit in which each number of the product is kept; the first four must be there.
_NUMBERS: Final = {
    "half_life": "d", "concentration": "MBq/mL", "least": "mL", "most": "mL", "shelf_life": "h",
}  # fmt: skip
_OPTIONAL: Final = {"shelf_life"}
_TEXTS: Final = ("name", "isotope", "source")
_NUMBER_KEYS: Final = {"value", "source", "unverified", "note"}


def read_product(file: File, table: Mapping[str, Any]) -> Product | None:
    """The product that the table declares; None, with every mistake in its place, when it does not hold together."""
    before = len(file.mistakes)
    for key in table.keys() - _NUMBERS.keys() - set(_TEXTS):
        file.report(("product", key), f'"{key}" is not a property of a product ({", ".join([*_TEXTS, *_NUMBERS])})')
    for key in _TEXTS:
        if not str(table.get(key, "")).strip():
            file.report(("product",), f"the product needs a {key}")
    numbers = {key: _number(file, key, table.get(key)) for key in _NUMBERS}
    half_life, concentration, least, most, shelf_life = (numbers[key] for key in _NUMBERS)
    if least and most and least.value.lo and most.value.lo and least.value.lo > most.value.lo:
        file.report(("product", "least"), "the least volume of a vial is larger than the most")
    if len(file.mistakes) > before or not (half_life and concentration and least and most):
        return None
    name, isotope, source = (str(table[key]) for key in _TEXTS)
    return Product(name, isotope, source, half_life, concentration, least, most, shelf_life)


def _number(file: File, key: str, entry: object) -> Sourced | None:
    path: Path = ("product", key)
    if entry is None and key in _OPTIONAL:
        return None
    if not isinstance(entry, Mapping):
        file.report(
            path if entry is not None else ("product",),
            f'the product needs its {key} as a table: {{ value = "...", source = "..." }}',
        )
        return None
    for name in entry.keys() - _NUMBER_KEYS:
        file.report((*path, str(name)), f'"{name}" is not a property of a number ({", ".join(sorted(_NUMBER_KEYS))})')
    if not str(entry.get("source", "")).strip():
        file.report(path, f"the {key} of the product needs its source")
    value = measured(entry.get("value"), _NUMBERS[key])
    if value is None or value.lo is None or value.lo <= 0:
        file.report(path, f'write the {key} as a number above 0 with its unit, such as "6 {_NUMBERS[key]}"')
        return None
    return Sourced(value, str(entry.get("source", "")), bool(entry.get("unverified")), str(entry.get("note", "")))


def measured(stated: object, unit: str) -> Quantity | None:
    """The exact number that a text states, in the unit asked for; None when it states none that converts into it."""
    found = number_from_text(stated) if isinstance(stated, str) else None
    code = read_unit(found[1]) if found is not None and found[1] else None
    if found is None or code is None or not found[0].exact:
        return None
    return converted(found[0]._replace(unit=code), unit)
