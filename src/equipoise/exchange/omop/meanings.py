"""The vocabulary of a warehouse: which of its concepts the protocol's codes name, which codes a concept stands for."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from ..bindings import Bindings, Coding
from . import sql
from .tables import ANCESTOR, CLINICAL
from .warehouse import Warehouse

# URL of a code system -> vocabulary_id of the OHDSI vocabularies (Athena). The concept_code is the system's own code.
VOCABULARIES: Final[Mapping[str, str]] = {
    "http://loinc.org": "LOINC",
    "http://snomed.info/sct": "SNOMED",
    "http://hl7.org/fhir/sid/icd-10-cm": "ICD10CM",
    "http://fhir.de/CodeSystem/bfarm/icd-10-gm": "ICD10GM",
    "http://hl7.org/fhir/sid/icd-10": "ICD10",
    "http://hl7.org/fhir/sid/icd-9-cm": "ICD9CM",
    "http://terminology.hl7.org/CodeSystem/icd-o-3": "ICDO3",
    "http://www.whocc.no/atc": "ATC",
    "http://www.nlm.nih.gov/research/umls/rxnorm": "RxNorm",
    "http://www.ama-assn.org/go/cpt": "CPT4",
    "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets": "HCPCS",
    "http://fhir.de/CodeSystem/bfarm/ops": "OPS",
    "https://fhir.hl7.org.uk/CodeSystem/OPCS-4": "OPCS4",
}
UCUM: Final = "UCUM"
# A diagnosis of cancer as the OHDSI vocabularies write it: morphology and topography in one code, either may be NULL.
_ICDO3 = re.compile(r"(?P<morphology>\d{4}/\d|NULL)-(?P<topography>C\d\d(?:\.\d)?|NULL)\Z")
# Products are found by the class or the substance above them.
_NESTED = ("ATC", "RxNorm")
_ATC_SUBSTANCE = 7  # letters of an ATC code of the fifth level


class Concept(NamedTuple):
    """One concept of the warehouse's vocabulary."""

    vocabulary: str
    code: str
    name: str


NO_CONCEPT: Final = Concept("", "", "")


@dataclass(slots=True)
class Meanings:
    """What the concepts of a warehouse mean to a protocol.

    matched: for each clinical table the concepts that the protocol's codes name, whether themselves or by what stands
    above them. above: product -> the codes above it by which it was found. shared: product -> codes of other classes
    above it, of which the protocol names none (methotrexate is L01BA01 and L04AX03).
    """

    warehouse: Warehouse
    urls: Mapping[str, str]
    matched: dict[str, list[int]] = field(default_factory=dict)
    above: dict[int, tuple[Coding, ...]] = field(default_factory=dict)
    shared: dict[int, tuple[str, ...]] = field(default_factory=dict)
    known: dict[int, Concept] = field(default_factory=dict)

    def learn(self, ids: Iterable[int | None]) -> None:
        """Looks up the concepts that are not known yet; what is not in the vocabulary is known as nothing."""
        wanted = sorted({number for number in ids if number and number not in self.known})
        if not wanted:
            return
        self.known.update(dict.fromkeys(wanted, NO_CONCEPT))
        for number, *texts in self.warehouse.rows(sql.concepts_by_id(self.warehouse, wanted)):
            self.known[number] = Concept(*(text or "" for text in texts))

    def concept(self, number: int | None) -> Concept:
        return self.known.get(number, NO_CONCEPT) if number else NO_CONCEPT

    def codings(self, number: int | None) -> tuple[list[Coding], list[Coding]]:
        """The codes that a concept stands for, and the sites that it names."""
        found = self.concept(number)
        if not found.code:
            return [], []
        url = self.urls.get(found.vocabulary, f"urn:omop:vocabulary:{found.vocabulary}")
        joined = _ICDO3.match(found.code) if found.vocabulary == "ICDO3" else None
        if joined is None:
            return [(url, found.code)], []
        morphology, topography = joined["morphology"], joined["topography"]
        return (
            [(url, morphology)] if morphology != "NULL" else [(url, found.code)],
            [(url, topography)] if topography != "NULL" else [],
        )


def meanings_of(warehouse: Warehouse, bindings: Bindings) -> Meanings:
    """Which concepts of a warehouse the protocol's codes name."""
    urls = {VOCABULARIES[url]: url for listed in bindings.systems.values() for url in listed if url in VOCABULARIES}
    meanings = Meanings(warehouse, urls)
    for table in sql.readable(warehouse):
        found: dict[int, Concept] = {}
        for way in CLINICAL[table].ways:
            for vocabulary, (codes, beginnings) in _wanted(bindings, way).items():
                query = sql.concepts_by_code(warehouse, vocabulary, codes, beginnings)
                for number, *texts in warehouse.rows(query):
                    found[number] = Concept(*(text or "" for text in texts))
        meanings.known.update(found)
        if table == "drug_exposure" and _has_ancestors(warehouse):
            _add_products(meanings, found)
            meanings.matched[table] = sorted({*found, *meanings.above})
        else:
            meanings.matched[table] = sorted(found)
    return meanings


def _has_ancestors(warehouse: Warehouse) -> bool:
    table = warehouse.tables.get("concept_ancestor")
    return table is not None and set(ANCESTOR) <= table.columns.keys()


def _wanted(bindings: Bindings, way: str) -> dict[str, tuple[set[str], set[str]]]:
    """For each vocabulary the codes, and the beginnings of codes, that a way of codes.toml names."""
    wanted: dict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    named = [*bindings.codes[way], *(bindings.refused if way == "observation" else ())]
    for url, code in named:
        if vocabulary := VOCABULARIES.get(url):
            wanted[vocabulary][0].add(code)
            if vocabulary == "ICDO3":
                wanted[vocabulary][1].add(f"{code}-")
    for url, beginning in bindings.prefixes[way]:
        if vocabulary := VOCABULARIES.get(url):
            wanted[vocabulary][1].add(beginning)
    return wanted


def _add_products(meanings: Meanings, found: Mapping[int, Concept]) -> None:
    """Finds the products below the classes and substances that the protocol names."""
    warehouse = meanings.warehouse
    nested = {number: concept for number, concept in found.items() if concept.vocabulary in _NESTED}
    codes: dict[int, set[Coding]] = defaultdict(set)
    for product, ancestor in warehouse.rows(sql.descendants(warehouse, nested)):
        concept = nested[ancestor]
        codes[product].add((meanings.urls[concept.vocabulary], concept.code))
    meanings.above = {product: _nearest(above) for product, above in codes.items() if product not in nested}
    named = {concept.code for concept in nested.values() if concept.vocabulary == "ATC"}
    others: dict[int, set[str]] = defaultdict(set)
    for product, code in warehouse.rows(sql.ancestors(warehouse, "ATC", meanings.above)):
        if len(code) == _ATC_SUBSTANCE and code not in named:
            others[product].add(code)
    meanings.shared = {product: tuple(sorted(codes)) for product, codes in others.items()}


def _nearest(above: Iterable[Coding]) -> tuple[Coding, ...]:
    """The codes without those that another one begins with (L01 beside L01EX01), in order."""
    listed = sorted(above)
    return tuple(
        (url, code)
        for url, code in listed
        if not any(url == other and code != longer and longer.startswith(code) for other, longer in listed)
    )
