"""A virtual person's entries -> HL7 FHIR R4 resources, each labelled as test health data.

Where the trial's codes.toml binds a code, the resource is the standard one with the first such code; what no code says
is in the plain form (urn:equipoise:concept). Both are what exchange/fhir reads.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from ..concepts import YES, Concept, Vocabulary
from ..dates import ANY_DAY, Span
from ..facts import ONGOING, Choice, Fact, Nothing, Text, Value, is_record
from ..quantities import Quantity
from .fhir_codes import Codes, Found
from .fhir_elements import (
    PLAIN,
    Resource,
    coded,
    date_text,
    dated,
    limits_element,
    plain,
    quantity_element,
    reference,
    to,
    whole_number,
)  # fmt: skip
from .people import Entry, VirtualPerson

META: Final = {
    "security": [
        {
            "system": "http://terminology.hl7.org/CodeSystem/v3-ActReason",
            "code": "HTEST",
            "display": "test health data",
        }
    ],
    "tag": [
        {"system": "urn:equipoise:synthetic", "code": "synthetic", "display": "synthetic: a person who does not exist"}
    ],
}
_CLINICAL: Final = "http://terminology.hl7.org/CodeSystem"


def person_resources(person: VirtualPerson, vocabulary: Vocabulary, codes: Codes, system: str) -> list[Resource]:
    """Every resource of one person: the Patient, and those of each entry. `system`: of the identifiers."""
    patient = _patient(person, codes, system)
    resources = [patient]
    for entry in person.entries:
        resources += _Record(person.id, entry, vocabulary[entry.fact.concept], codes).resources(patient)
    return resources


def _patient(person: VirtualPerson, codes: Codes, system: str) -> Resource:
    """A Patient without a name: its identifier says that it is synthetic."""
    identifiers = [
        {"system": system if n == 0 else f"{system}:{n + 1}", "value": value}
        for n, value in enumerate(person.identifiers)
    ]
    return {"resourceType": "Patient", "id": person.id, "meta": META, "identifier": identifiers, "active": True}


@dataclass(slots=True)
class _Record:
    """The resources of one entry; `id` of the first is the entry's own, of the others with a letter behind it."""

    person: str
    entry: Entry
    concept: Concept
    codes: Codes
    parts: int = 0

    @property
    def fact(self) -> Fact:
        return self.entry.fact

    def resources(self, patient: Resource) -> list[Resource]:
        element = self.codes.patient(self.concept.name)
        if element and self.entry.status == "final" and _fits_patient(patient, element, self.fact):
            patient[element[1]] = _patient_value(element[0], self.fact)
            return []
        made = list(self._made())
        if self.entry.status in ("superseded", "corrected"):
            made = [self._version(each) for each in made]
        return made

    def _made(self) -> Iterator[Resource]:
        fact, concept = self.fact, self.concept
        if isinstance(fact.value, Nothing):
            yield self._observation(plain(concept.name, concept.label)) | {
                "valueCodeableConcept": plain("none", "none")
            }
        elif concept.kind == "record":
            yield from self._record()
        elif (found := self.codes.statement(concept.name, fact.value)) is not None:
            yield self._statement(found)
        else:
            code = self.codes.observation(concept.name, "", self.entry.code) or plain(concept.name, concept.label)
            observation = self._observation(code) | self._value(fact.value, concept, "", self.entry.unit)
            if fact.reference is not None:
                observation["referenceRange"] = [limits_element(fact.reference, self.entry.unit)]
            yield observation

    # ------------------------------------------------------------ shapes
    def _new(self, kind: str) -> Resource:
        suffix = "abcdefghijklmnopqrstuvwxyz"[self.parts - 1] if self.parts else ""
        self.parts += 1
        # A correction is a newer version of the same resource.
        number = self.entry.replaces or self.fact.id
        return {"resourceType": kind, "id": f"{number}{suffix}", "meta": META}

    def _version(self, resource: Resource) -> Resource:
        """A version of a resource that was corrected: the older one bears number 1, its correction number 2."""
        newer = self.entry.status == "corrected"
        when = self.fact.when.lo if self.fact.when.exact else date(2000, 1, 1).toordinal()
        instant = f"{date.fromordinal(when + newer).isoformat()}T12:00:00Z"
        return {**resource, "meta": {"versionId": "2" if newer else "1", "lastUpdated": instant, **META}}

    def _status(self) -> str:
        return "final" if self.entry.status == "superseded" else self.entry.status

    def _observation(self, code: Resource, **links: list[Resource]) -> Resource:
        made = self._new("Observation") | {"status": self._status()}
        made |= links
        made |= {"code": code, "subject": reference(f"Patient/{self.person}")}
        return made | dated("effective", self.fact)

    def _value(self, value: Value, concept: Concept, field: str, unit: str) -> Resource:
        """value[x] of an Observation or a component; `concept` is the field's own where there is a field."""
        match value:
            case Quantity():
                return quantity_element(value, unit, concept)
            case Choice(answers):
                if concept.kind == "yes_no" and not self.codes.answer(self.fact.concept, field, next(iter(answers))):
                    return {"valueBoolean": answers == {YES}}
                return {"valueCodeableConcept": self._answers(answers, concept, field)}
            case Span():
                return {"valueDateTime": date_text(value)}
            case Text(text):
                return {"valueString": text}
            case _:
                raise AssertionError(f"{concept.name} cannot hold {value}")

    def _answers(self, answers: frozenset[str], concept: Concept, field: str) -> Resource:
        """The answers by their code; by their names in the plain form where one has none."""
        ordered = [answer for answer in concept.answers if answer in answers]
        if len(ordered) == 1:
            coding = self.codes.answer(self.fact.concept, field, ordered[0])
            if coding is not None:
                return {"coding": [coding], "text": concept.answers[ordered[0]]}
        return {
            "coding": [{"system": PLAIN, "code": answer} for answer in ordered],
            "text": ", ".join(concept.answers[answer] for answer in ordered),
        }

    def _statement(self, found: Found) -> Resource:
        """A diagnosis or an allergy that states an answer by its code."""
        fact = self.fact
        shown = {"coding": [found.coding], "text": found.text}
        subject = reference(f"Patient/{self.person}")
        if found.way == "allergy":
            made = self._new("AllergyIntolerance") | {
                "clinicalStatus": coded(f"{_CLINICAL}/allergyintolerance-clinical", "active")
            }
            made |= {"verificationStatus": coded(f"{_CLINICAL}/allergyintolerance-verification", "confirmed")}
            made |= {"code": shown, "patient": subject}
            return made | ({"recordedDate": date_text(fact.when)} if fact.when != ANY_DAY else {})
        made = self._new("Condition") | {"clinicalStatus": coded(f"{_CLINICAL}/condition-clinical", "active")}
        made |= {"verificationStatus": coded(f"{_CLINICAL}/condition-ver-status", "confirmed"), "code": shown}
        if found.site is not None:
            made |= {"bodySite": [{"coding": [found.site]}]}
        made |= {"subject": subject}
        return made | ({"onsetDateTime": date_text(fact.when)} if fact.when != ANY_DAY else {})

    # ------------------------------------------------------------ records
    def _record(self) -> Iterator[Resource]:
        """The main resource, then what it cannot say: fields with codes of their own, the rest in one plain record."""
        fact = self.fact
        assert is_record(fact.value)
        fields = dict(fact.value)
        main = self._main(fields)
        if main is not None:
            yield main
        coded = {name: code for name in fields if (code := self.codes.observation(fact.concept, name, ""))}
        rest = {name: value for name, value in fields.items() if name not in coded}
        link = {"partOf": [to(main)]} if main is not None and main["resourceType"] != "Observation" else {}
        link = {"derivedFrom": [to(main)]} if main is not None and main["resourceType"] == "Observation" else link
        results: list[Resource] = []
        if main is None or rest:
            results.append(self._plain_record(rest, link))
            link = link or {"derivedFrom": [to(results[0])]}
        for name, code in coded.items():
            part = self.concept.fields[name]
            results.append(
                self._observation(code, **link) | self._value(fields[name], part, name, self.entry.units.get(name, ""))
            )
        yield from results
        if self.codes.assembled(fact.concept) and len(results) > 1:
            yield self._report(results)

    def _main(self, fields: dict[str, Value]) -> Resource | None:
        """The standard resource of a record, if a code says what it is; the fields that it states leave `fields`."""
        if self.entry.status not in ("final", "corrected", "superseded", "entered-in-error"):
            return None
        found = self.codes.event(self.fact.concept, fields, self.fact)
        if found is None:
            return None
        for name in found.states:
            fields.pop(name, None)
        return {
            "consent": self._consent, "procedure": self._procedure, "imaging": self._imaging,
            "medication": self._medication, "observation": self._scored,
        }[found.way](found)  # fmt: skip

    def _consent(self, found: Found) -> Resource:
        made = self._new("Consent") | {"status": self._otherwise("inactive" if found.against else "active")}
        made |= {"scope": {"coding": [found.coding]}, "category": [plain(self.concept.name, self.concept.label)]}
        return made | {"patient": reference(f"Patient/{self.person}"), "dateTime": date_text(self.fact.when)}

    def _otherwise(self, status: str) -> str:
        return "entered-in-error" if self.entry.status == "entered-in-error" else status

    def _procedure(self, found: Found) -> Resource:
        made = self._new("Procedure") | {
            "status": self._otherwise("completed"),
            "code": {"coding": [found.coding], "text": found.text},
        }
        made |= {"subject": reference(f"Patient/{self.person}")} | dated("performed", self.fact)
        if found.used is not None:
            made |= {"usedCode": [{"coding": [found.used]}]}
        return made

    def _imaging(self, found: Found) -> Resource:
        """An ImagingStudy; a Procedure where what was used for it has to be told (R4 studies have no tracer)."""
        if found.used is not None or not self.fact.when.exact:
            return self._procedure(found)
        made = self._new("ImagingStudy") | {"status": self._otherwise("available"), "modality": [found.coding]}
        made |= {"subject": reference(f"Patient/{self.person}"), "started": date_text(self.fact.when)}
        made |= {"numberOfSeries": 1, "description": found.text}
        series: Resource = {"uid": f"2.25.{whole_number(made['id'])}", "number": 1, "modality": found.coding}
        return made | {"series": [series | ({"bodySite": found.site} if found.site is not None else {})]}

    def _medication(self, found: Found) -> Resource:
        status = "active" if self.fact.end == ONGOING else "completed"
        made = self._new("MedicationStatement") | {"status": self._otherwise(status)}
        made |= {"medicationCodeableConcept": {"coding": [found.coding], "text": found.text}}
        made |= {"subject": reference(f"Patient/{self.person}")} | dated("effective", self.fact)
        return made | ({"reasonCode": [{"coding": [found.used]}]} if found.used is not None else {})

    def _scored(self, found: Found) -> Resource:
        """A record that one coded answer states in part (NYHA III)."""
        return self._observation({"coding": [found.coding], "text": found.text}) | {
            "valueCodeableConcept": {"coding": [found.used], "text": found.states_text}
        }

    def _plain_record(self, fields: Mapping[str, Value], link: Mapping[str, list[Resource]]) -> Resource:
        components: list[Resource] = []
        for name, value in fields.items():
            part = self.concept.fields[name]
            components.append(
                {"code": plain(name, part.label)} | self._value(value, part, name, self.entry.units.get(name, ""))
            )
        made = self._observation(plain(self.concept.name, self.concept.label), **link)
        return made | ({"component": components} if components else {})

    def _report(self, results: list[Resource]) -> Resource:
        """The report that holds the Observations of one record together."""
        made = self._new("DiagnosticReport") | {
            "status": self._status(),
            "code": plain(self.concept.name, self.concept.label),
        }
        made |= {"subject": reference(f"Patient/{self.person}")} | dated("effective", self.fact)
        return made | {"result": [to(each) for each in results]}


def _fits_patient(patient: Resource, element: tuple[str, str], fact: Fact) -> bool:
    """A Patient states each once; a second statement that differs is an Observation."""
    return element[1] not in patient and not (element[0] == "deceased" and fact.value == ANY_DAY)


def _patient_value(element: str, fact: Fact) -> str:
    if isinstance(fact.value, Choice):
        return next(iter(fact.value.answers))
    assert isinstance(fact.value, Span)
    return date_text(fact.value)
