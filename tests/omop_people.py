"""Virtual people written as an OMOP CDM: by the codes of codes.toml where one says it, else in the plain form."""

import tomllib
from collections.abc import Iterable, Mapping
from itertools import count
from typing import Any

from tests.cdm import Cdm
from tests.unit.exchange.fhir_cases import NELMAS

from equipoise.dates import EARLIEST, LATEST, Span
from equipoise.facts import ONGOING, Choice, Fact, Nothing, Quantity, Text, Value, is_record
from equipoise.quantities import decimal_text
from equipoise.simulation.people import VirtualPerson
from equipoise.units import unit_text

_OPERATORS = {(True, True): 4171756, (True, False): 4171754, (False, True): 4172704, (False, False): 4171755}
_OF_OBSERVATION = 1147165
_CODES: Mapping[str, Any] = tomllib.loads((NELMAS / "codes.toml").read_text())["concept"]


def loinc_of(concept: str) -> str:
    """The LOINC code under which a laboratory value or a score is written; "" when there is none without conditions."""
    for written, details in _CODES.get(concept, {}).get("observation", {}).items():
        if written.startswith("loinc|") and not (isinstance(details, dict) and details.get("if_fasting")):
            return written.removeprefix("loinc|")
    return ""


def can_carry(fact: Fact) -> bool:
    """OMOP has no place for a preliminary result."""
    return "preliminary" not in fact.doubt


def write(people: Iterable[VirtualPerson]) -> tuple[Cdm, dict[str, str]]:
    """The CDM, and the person_id (as text) of each person."""
    cdm, numbers = Cdm(), {}
    for number, person in zip(count(1), people, strict=False):
        numbers[person.id] = str(number)
        stated: dict[str, Any] = {"person_source_value": person.id, "gender": 0}
        for fact in person.facts:
            if can_carry(fact):
                _fact(cdm, number, fact, stated)
        cdm.person(number, **stated)
    return cdm, numbers


def _fact(cdm: Cdm, person: int, fact: Fact, stated: dict[str, Any]) -> None:
    value = fact.value
    if fact.concept == "birth_date" and isinstance(value, Span):
        first, last = value.first, value.last
        stated["year_of_birth"] = first.year
        if (first.year, first.month) == (last.year, last.month):
            stated["month_of_birth"] = first.month
        if value.exact:
            stated["day_of_birth"] = first.day
    elif fact.concept == "sex":
        stated["gender"] = {"male": 8507, "female": 8532, "other": 8521}[str(value)]
    elif fact.concept == "death" and isinstance(value, Span):
        cdm.tables["death"].append({"person_id": person, "death_date": value.first})
    elif isinstance(value, Quantity):
        _measurement(cdm, person, fact, value)
    elif is_record(value):
        _record(cdm, person, fact, value)
    else:
        text = "none" if isinstance(value, Nothing) else _words(value)
        cdm.add("observation", person=person, written=f"equipoise:{fact.concept}", day=_day(fact.when), text=text)


def _measurement(cdm: Cdm, person: int, fact: Fact, value: Quantity) -> None:
    code = loinc_of(fact.concept)
    about = {"concept": ("LOINC", code)} if code else {"written": f"equipoise:{fact.concept}"}
    cdm.add("measurement", person=person, day=_day(fact.when), **about, **_stated(value, fact))


def _stated(value: Quantity, fact: Fact | None = None) -> dict[str, Any]:
    """The columns of a number; an interval only as the source wrote it."""
    # What is no unit at all is no concept either.
    unit = {"unit": 0, "unit_text": value.unit} if fact and "unit" in fact.doubt else {"unit": ("UCUM", value.unit)}
    limits: dict[str, Any] = {}
    if fact and fact.reference:
        low, high = fact.reference.low, fact.reference.high
        limits = {"low": low.lo if low else None, "high": high.lo if high else None}
    if value.exact and value.lo is not None:
        return {"number": decimal_text(value.lo), **unit, **limits}
    if value.lo is None or value.hi is None:
        bound, open_ = (value.hi, value.hi_open) if value.lo is None else (value.lo, value.lo_open)
        assert bound is not None
        return {"number": decimal_text(bound), "operator": _OPERATORS[value.lo is None, open_], **unit, **limits}
    return {"verbatim": f"{decimal_text(value.lo)}-{decimal_text(value.hi)} {unit_text(value.unit)}".strip(), **limits}


def _record(cdm: Cdm, person: int, fact: Fact, value: Mapping[str, Value]) -> None:
    day = _day(fact.when)
    head = cdm.add("observation", person=person, written=f"equipoise:{fact.concept}", day=day)
    mine = {"observation_event_id": head, "obs_event_field_concept_id": _OF_OBSERVATION}
    for name, part in value.items():
        written = f"equipoise:{fact.concept}.{name}"
        if isinstance(part, Quantity):
            linked = {"measurement_event_id": head, "meas_event_field_concept_id": _OF_OBSERVATION}
            cdm.add("measurement", person=person, written=written, day=day, **_stated(part), **linked)
        else:
            cdm.add("observation", person=person, written=written, day=day, text=_words(part), **mine)
    if fact.when.lo > EARLIEST and not fact.when.exact:
        part_of_date = f"{fact.when.first:%Y-%m}" if fact.when.hi - fact.when.lo < 31 else f"{fact.when.first:%Y}"
        cdm.add("observation", person=person, written=f"equipoise:{fact.concept}.date", text=part_of_date, **mine)
    if fact.end is not None and (fact.end == ONGOING or fact.end.hi < LATEST):
        text = "ongoing" if fact.end == ONGOING else f"{fact.end.last}"
        cdm.add("observation", person=person, written=f"equipoise:{fact.concept}.end", text=text, **mine)


def _words(value: Value) -> str:
    if isinstance(value, Choice):
        return "; ".join(sorted(value.answers))
    if isinstance(value, Span):
        return f"{value.first}"
    assert isinstance(value, Text)
    return value.text


def _day(when: Span) -> Any:
    return when.first if when.exact else None
