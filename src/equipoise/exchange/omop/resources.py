"""A row of the CDM put into the words of HL7 FHIR, so that the one reader of FHIR says what it means.

A value, a unit, a comparator, a code then mean the same whichever way they came. Only the few elements are made that
the reader looks at. What FHIR cannot say (a product of several classes) comes back as a doubt.
"""

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any, Final, NamedTuple

from ...concepts import Concept, Vocabulary
from ...quantities import number_from_text, read_decimal
from ...units import factor, read_unit
from ..bindings import Bindings, Coding
from .meanings import UCUM, Meanings
from .tables import WITH_VALUES, Row

Resource = dict[str, Any]

UCUM_URL: Final = "http://unitsofmeasure.org"
_VERIFICATION: Final = "http://terminology.hl7.org/CodeSystem/condition-ver-status"

# Concepts of OMOP by their ids, as the OHDSI vocabularies fix them.
COMPARATORS: Final[Mapping[int, str]] = {
    4171756: "<", 4171754: "<=", 4172703: "=", 4171755: ">=", 4172704: ">",
}  # fmt: skip
PRELIMINARY: Final = (32899, 4033240)  # Preliminary diagnosis: Condition Status, and its SNOMED concept before 2020
PRESCRIBED: Final = (32838, 38000177)  # EHR prescription; Prescription written (Drug Type, before 2020)
# The tables that a row may belong to, by the concept of their key (vocabulary CDM).
EVENT_TABLES: Final[Mapping[int, str]] = {
    1147082: "procedure_occurrence", 1147127: "condition_occurrence", 1147138: "measurement", 1147165: "observation",
}  # fmt: skip
KINDS: Final[Mapping[str, str]] = {
    "measurement": "Observation", "observation": "Observation", "condition_occurrence": "Condition",
    "procedure_occurrence": "Procedure", "drug_exposure": "MedicationStatement",
}  # fmt: skip

_ROUNDED: Final = Fraction(1, 100)  # how far a converted value may be off by rounding
_COMPACT = 8  # letters of a day without hyphens
_COMPACT_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})\Z")


class Subject(NamedTuple):
    """What the codes of a row say: as FHIR writes them, the sites, the quantity that its value is, and a doubt."""

    code: Resource
    sites: list[Resource]
    quantity: Concept | None
    doubt: str


class Resources:
    """Puts rows into FHIR's words. What rows have in common (their codes) is made once, shared, and never changed."""

    def __init__(self, meanings: Meanings, bindings: Bindings, vocabulary: Vocabulary) -> None:
        self.meanings = meanings
        self.bindings = bindings
        self.vocabulary = vocabulary
        self._subjects: dict[tuple[str, int | None, int | None], Subject] = {}

    def subject(self, row: Row) -> Subject:
        """What a row is about."""
        key = (row.table, row.concept, row.source_concept)
        found = self._subjects.get(key)
        if found is None:
            found = self._subjects[key] = self._made(*key)
        return found

    def _made(self, table: str, concept: int | None, source_concept: int | None) -> Subject:
        pairs: dict[Coding, str] = {}
        sites: dict[Coding, None] = {}
        # A source that names the class itself is more to the point than all classes of the product.
        classed = self.meanings.concept(source_concept).vocabulary == "ATC"
        for number in (concept, source_concept):
            coded, placed = self.meanings.codings(number)
            above = () if classed else self.meanings.above.get(number or 0, ())
            sites.update(dict.fromkeys(placed))
            for pair in (*coded, *above):
                pairs.setdefault(pair, self.meanings.concept(number).name if pair in coded else "")
        name = self.meanings.concept(concept).name or self.meanings.concept(source_concept).name
        code: Resource = {"coding": [_coding(*pair, name=shown) for pair, shown in pairs.items()]}
        if name:
            code["text"] = name
        quantity = self._quantity_meant(pairs) if table in WITH_VALUES else None
        doubt = "" if classed else self._doubt(concept, pairs)
        return Subject(code, [{"coding": [_coding(*site)]} for site in sites], quantity, doubt)

    def _quantity_meant(self, pairs: Iterable[Coding]) -> Concept | None:
        """The quantity that a result with these codes is; None where it is an answer."""
        for pair in pairs:
            for binding in self.bindings.find("observation", pair):
                concept = self.vocabulary[binding.concept]
                target = concept.fields[binding.field] if binding.field else concept
                return target if target.kind == "quantity" else None
        return None

    def _doubt(self, concept: int | None, pairs: Iterable[Coding]) -> str:
        others = self.meanings.shared.get(concept or 0)
        if not others:
            return ""
        bound = [code for url, code in pairs if self.bindings.find("medication", (url, code))]
        return f"the product is of several classes ({', '.join([*bound, *others])}): which was meant it does not say"

    def of_row(self, row: Row) -> Resource:
        """The resource of a row of any clinical table."""
        about = self.subject(row)
        made: Resource = {
            "resourceType": KINDS[row.table],
            "id": f"{row.table}-{row.id}",
            "subject": {"reference": f"Patient/{row.person}"},
            "code": about.code,
        }
        match row.table:
            case "condition_occurrence":
                self._condition(made, row, about)
            case "procedure_occurrence":
                self._procedure(made, row)
            case "drug_exposure":
                _medication(made, row, about)
            case _:
                made |= self.result(row, about.quantity)
        return made

    # -------------------------------------------------------------- results
    def result(self, row: Row, quantity: Concept | None) -> Resource:
        """The value of a row, its day, its limits, the event that it belongs to."""
        made: Resource = {"status": "final", **self.value(row, quantity), **_when("effective", row.begun)}
        limits = {side: {"value": limit} for side, limit in (("low", row.low), ("high", row.high)) if limit}
        if limits:
            made["referenceRange"] = [limits]
        table = EVENT_TABLES.get(row.event_field or 0)
        if table and row.event:
            made["partOf"] = [{"reference": f"{KINDS[table]}/{table}-{row.event}"}]
        return made

    def value(self, row: Row, quantity: Concept | None) -> Resource:
        """The value as a number with its unit, as an answer, or in words; which counts depends on what was asked."""
        if quantity and row.number:
            return {"valueQuantity": self._quantity(row, quantity)}
        written = row.text or row.verbatim
        if row.answer:
            answer = self._concept(row.answer)
            if quantity and written:
                answer["text"] = written
            return {"valueCodeableConcept": answer}
        if written:
            return {"valueString": self._with_unit(written, row) if quantity else written}
        return {"valueString": row.number} if row.number else {}

    def _quantity(self, row: Row, quantity: Concept) -> Resource:
        unit = self.meanings.concept(row.unit)
        made: Resource = {"value": row.number}
        comparator = COMPARATORS.get(row.operator or 0, "") or _comparator(row)
        if comparator not in ("", "="):
            made["comparator"] = comparator
        if unit.vocabulary != UCUM:
            return {**made, "unit": row.unit_text or unit.name} if row.unit_text or unit.name else made
        made |= {"system": UCUM_URL, "code": unit.code}
        if row.unit_text and not _was_converted(row, unit.code, quantity):
            made["unit"] = row.unit_text
        return made

    def _with_unit(self, written: str, row: Row) -> str:
        """The words of a value, with the unit of its row where they state a bare number."""
        found = number_from_text(written)
        unit = row.unit_text or self.meanings.concept(row.unit).code
        return f"{written} {unit}" if found and not found[1] and unit else written

    def _concept(self, number: int) -> Resource:
        pairs, _ = self.meanings.codings(number)
        name = self.meanings.concept(number).name
        return {"coding": [_coding(*pair, name=name) for pair in pairs]} if pairs else {"text": f"concept {number}"}

    # -------------------------------------------------------------- diagnoses, procedures
    def _condition(self, made: Resource, row: Row, about: Subject) -> None:
        made |= _when("onset", row.begun)
        if about.sites:
            made["bodySite"] = about.sites
        if row.modifier in PRELIMINARY:
            made["verificationStatus"] = {"coding": [_coding(_VERIFICATION, "provisional")]}
        # An end on the day of the beginning is that of the visit, not of the disease.
        if row.ended and _day(row.ended)[:10] > _day(row.begun or "")[:10]:
            made["abatementDateTime"] = _day(row.ended)

    def _procedure(self, made: Resource, row: Row) -> None:
        made["status"] = "completed"
        made |= _period("performed", row)
        if row.modifier:
            made["modifier"] = self._concept(row.modifier)


def _comparator(row: Row) -> str:
    """The comparator that the source wrote before this very number and the loader left out: "<5" beside 5."""
    if not row.verbatim or row.operator:
        return ""
    found, limit = number_from_text(row.verbatim), read_decimal(row.number or "")
    if found is None or limit is None or found[0].exact:
        return ""
    quantity = found[0]
    if quantity.lo is None and quantity.hi == limit:
        return "<" if quantity.hi_open else "<="
    if quantity.hi is None and quantity.lo == limit:
        return ">" if quantity.lo_open else ">="
    return ""


def _was_converted(row: Row, into: str, quantity: Concept) -> bool:
    """Did the loader convert the value that the source wrote, and only keep the source's unit beside it?"""
    found = number_from_text(row.verbatim or "")
    now, before = read_unit(into), read_unit(row.unit_text or "")
    number = read_decimal(row.number or "")
    if not found or not found[0].exact or found[0].lo is None or not now or not before or now == before or not number:
        return False
    by = factor(before, now, quantity.molar_mass)
    return by is not None and abs(Fraction(found[0].lo) * by / Fraction(number) - 1) <= _ROUNDED


def _medication(made: Resource, row: Row, about: Subject) -> None:
    """A prescription is an order, which begins on the day it was written; anything else was taken or given."""
    made["medicationCodeableConcept"] = made.pop("code")
    made["status"] = "completed"
    if row.kind not in PRESCRIBED:
        made |= _period("effective", row, open_end=True)
        return
    made["resourceType"] = "MedicationRequest"
    made["intent"] = "order"
    if row.begun:
        made["authoredOn"] = _day(row.begun)
    if row.ended:
        made["dispenseRequest"] = {"validityPeriod": {"start": _day(row.begun or row.ended), "end": _day(row.ended)}}


def _when(stem: str, begun: str | None) -> Resource:
    return {f"{stem}DateTime": _day(begun)} if begun else {}


def _period(stem: str, row: Row, open_end: bool = False) -> Resource:
    """From the beginning to the end; one day where both are one. open_end: what has no end ended nobody knows when."""
    begun, ended = _day(row.begun or ""), _day(row.ended or "")
    if ended[:10] == begun[:10] or not (ended or open_end):
        return _when(stem, row.begun)
    return {f"{stem}Period": {name: day for name, day in (("start", begun), ("end", ended)) if day}}


def _day(written: str) -> str:
    """A date or date-time as ISO writes it, also where it came as 20260302."""
    return _COMPACT_DAY.sub(r"\1-\2-\3", written) if len(written) == _COMPACT else written


def _coding(url: str, code: str, name: str = "") -> Resource:
    return {"system": url, "code": code, "display": name} if name else {"system": url, "code": code}
