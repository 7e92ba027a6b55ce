"""codes.toml read the other way round: which code says a word of the vocabulary, the first that is bound to it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..concepts import YES, Vocabulary
from ..dates import ANY_DAY
from ..exchange.bindings import Bindings, compile_bindings
from ..facts import Choice, Fact, Value
from ..faults import Fault

Coding = dict[str, str]
# Element of codes.toml -> (its name there, the element of a written Patient).
_PATIENT = {"birthDate": "birthDate", "gender": "gender", "deceased": "deceasedDateTime"}


@dataclass(frozen=True, slots=True)
class Found:
    """A code that says something: in which kind of resource, its words, what else the resource must name.

    states: fields that the resource says thereby; states_text: in words. site: where in the body. used: a further code
    (the tracer, the intent, the coded answer). against: the record is a "no" (a consent that was withdrawn).
    """

    way: str
    coding: Coding
    text: str
    states: frozenset[str] = frozenset()
    site: Coding | None = None
    used: Coding | None = None
    against: bool = False
    states_text: str = ""


class Codes:
    """The codes of one trial, for writing."""

    def __init__(self, table: Mapping[str, Any], vocabulary: Vocabulary) -> None:
        self._systems: dict[str, str] = {name: _url(entry) for name, entry in table.get("systems", {}).items()}
        self._marks: Mapping[str, Any] = table.get("marks", {})
        self._concepts: Mapping[str, Any] = table.get("concept", {})
        self._bindings: Bindings = compile_bindings(table, vocabulary)
        self._vocabulary = vocabulary

    def coding(self, written: str) -> Coding:
        name, _, code = written.partition("|")
        return {"system": self._systems[name], "code": code.rstrip("*")}

    def patient(self, concept: str) -> tuple[str, str] | None:
        """The element of Patient that states a concept: its name in codes.toml, and in a resource."""
        element = self._concepts.get(concept, {}).get("patient")
        return (element, _PATIENT[element]) if element else None

    def assembled(self, concept: str) -> bool:
        return bool(self._concepts.get(concept, {}).get("assemble"))

    def observation(self, concept: str, field: str, wanted: str) -> dict[str, Any] | None:
        """The code of an Observation of a concept or of its field; `wanted` when the unit decides it. Raises Fault."""
        entry = self._concepts.get(concept, {})
        part = entry.get("fields", {}).get(field, {}) if field else entry
        listed = part.get("observation", {})
        if wanted and wanted not in listed:
            raise Fault(f"assumptions.toml reports {concept} under {wanted}, which codes.toml does not bind to it.")
        plain = [written for written, details in listed.items() if not _conditional(details)]
        if not (wanted or plain):
            return None
        label = self._vocabulary[concept].fields[field].label if field else self._vocabulary[concept].label
        return {"coding": [self.coding(wanted or plain[0])], "text": label}

    def answer(self, concept: str, field: str, answer: str) -> Coding | None:
        """The code of an answer to a concept or a field."""
        entry = self._concepts.get(concept, {})
        part = entry.get("fields", {}).get(field, {}) if field else entry
        return next((self.coding(written) for written, is_ in _saying(part.get("answers", {})) if is_ == answer), None)

    def statement(self, concept: str, value: Value) -> Found | None:
        """A diagnosis or an allergy that states an answer; None when no code does."""
        if not isinstance(value, Choice) or len(value.answers) != 1:
            return None
        answer = next(iter(value.answers))
        label = self._vocabulary[concept].answer_label(answer)
        entry = self._concepts.get(concept, {})
        if "observation" in entry:
            return None
        for way in ("condition", "allergy"):
            for written, details in entry.get(way, {}).items():
                if details.get("is") == answer and "needs" not in details and not written.endswith("*"):
                    return Found(way, self.coding(written), f"{self._vocabulary[concept].label}: {label}")
        for written, details in entry.get("site", {}).items():
            if details.get("is") == answer and not written.endswith("*") and details.get("needs"):
                disease = self._bare_mark(details["needs"])
                if disease is not None:
                    return Found("condition", disease, details["needs"], site=self.coding(written))
        return None

    def _bare_mark(self, mark: str) -> Coding | None:
        """The first code that bears a mark and says nothing else."""
        for written in self._marks.get(mark, {}):
            coding = self.coding(written)
            key = coding["system"], coding["code"]
            if not written.endswith("*") and not self._bindings.find("condition", key):
                return coding
        return None

    def event(self, concept: str, fields: Mapping[str, Value], fact: Fact) -> Found | None:
        """The code that says what a record is about, with what it states of the fields; None when none says it all."""
        if fact.when == ANY_DAY:
            return None
        for found in (*self._consents(concept, fields), *self._coded(concept, fields), *self._scored(concept, fields)):
            return found
        return None

    def _consents(self, concept: str, fields: Mapping[str, Value]) -> Iterator[Found]:
        for written in self._concepts.get(concept, {}).get("consent", {}):
            withdrawn = fields.get("withdrawn") == Choice(frozenset([YES]))
            if set(fields) <= {"withdrawn"}:
                yield Found("consent", self.coding(written), "consent", frozenset(["withdrawn"]), against=withdrawn)

    def _coded(self, concept: str, fields: Mapping[str, Value]) -> Iterator[Found]:
        """Procedures, studies, medications: the code sets what it sets, a further code one field more."""
        entry = self._concepts.get(concept, {})
        for way in ("procedure", "imaging", "medication"):
            for written, details in entry.get(way, {}).items():
                sets = details.get("sets", {}) if isinstance(details, Mapping) else {}
                if any(fields.get(name) != Choice(frozenset([answer])) for name, answer in sets.items()):
                    continue
                further = self._further(entry, fields, set(sets))
                mark = details.get("needs", "") if isinstance(details, Mapping) else ""
                if mark and way == "procedure":
                    continue  # an operation of one organ, which counts for one disease: not whatever the operation was
                used = further[1] if further and way != "procedure" else None
                site: Coding | None = None
                if mark and used not in (marked := [self.coding(each) for each in self._marks[mark]]):
                    if self._states_field(entry, mark):
                        continue  # it can bear the mark only by an answer that is not given
                    site = marked[0]
                stated = set(sets) | ({further[0]} if further and used is not None else set())
                if way == "medication" and set(fields) - stated:
                    continue  # a treatment's other fields could not be joined to it
                yield Found(way, self.coding(written), self._shown(concept, sets), frozenset(stated), site, used)

    def _states_field(self, entry: Mapping[str, Any], mark: str) -> bool:
        """Is a code of the mark also the answer of a field (a tracer)?"""
        fields = entry.get("fields", {}).values()
        return any(written in part.get("also", {}) for part in fields for written in self._marks.get(mark, {}))

    def _further(
        self, entry: Mapping[str, Any], fields: Mapping[str, Value], stated: set[str]
    ) -> tuple[str, Coding] | None:
        for name, part in entry.get("fields", {}).items():
            for written, is_ in _saying(part.get("also", {})):
                if name not in stated and fields.get(name) == Choice(frozenset([is_])):
                    return name, self.coding(written)
        return None

    def _scored(self, concept: str, fields: Mapping[str, Value]) -> Iterator[Found]:
        """A record of which one coded answer sets fields."""
        entry = self._concepts.get(concept, {})
        code = self.observation(concept, "", "")
        if code is None:
            return
        for written, details in entry.get("answers", {}).items():
            sets = details.get("sets", {})
            if sets and all(fields.get(name) == Choice(frozenset([answer])) for name, answer in sets.items()):
                used, text = self.coding(written), self._shown(concept, sets)
                yield Found(
                    "observation", code["coding"][0], code["text"], frozenset(sets), None, used, states_text=text
                )

    def _shown(self, concept: str, sets: Mapping[str, str]) -> str:
        """How people read what a code says: the answers that it sets, else the concept."""
        known = self._vocabulary[concept]
        return ", ".join(known.fields[name].answer_label(answer) for name, answer in sets.items()) or known.label


def _url(entry: Any) -> str:
    urls = entry["urls"] if isinstance(entry, Mapping) else entry
    return str(urls[0])


def _conditional(details: Any) -> bool:
    """Does a code hold only under a condition, which we do not write?"""
    return isinstance(details, Mapping) and any(key in details for key in ("needs", "unless", "if_fasting"))


def _saying(answers: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for written, details in answers.items():
        if "is" in details:
            yield written, str(details["is"])
