"""The vocabulary: every word that a rule may use, and the codes by which records say it."""

from collections.abc import Iterator, Mapping
from typing import Any

from equipoise.concepts import Concept
from equipoise.protocol.model import Protocol
from equipoise.quantities import unit_text
from equipoise.rules.nodes import Compare, Look, Step
from equipoise.rules.prose import says

from .markdown import bullets, code, page, plain, table

KINDS = {
    "quantity": "a number with its unit",
    "choice": "one of several answers",
    "yes_no": "yes or no",
    "date": "a date",
    "record": "an event or report",
    "text": "free text",
}
WHO = {
    "record": "the records",
    "site": "the site",
    "person": "the person",
    "investigator": "the investigator",
}
WAYS = {
    "observation": "Observation",
    "condition": "Condition",
    "site": "body site of a Condition",
    "procedure": "Procedure",
    "imaging": "DiagnosticReport, ImagingStudy or Procedure",
    "report": "DiagnosticReport",
    "medication": "any resource of a medication",
    "allergy": "AllergyIntolerance",
    "consent": "Consent",
    "answers": "code of a value",
    "also": "code anywhere in the resource",
    "specimen_site": "site of the specimen",
    "refused": "not taken for it",
}


def concepts(trial: Protocol) -> str:
    return page(
        f"# Concepts of {trial.acronym}\n",
        "The words that rules may use, each with what it means, who can answer it, and what it means when nothing is "
        "on record. Under *codes* stands how FHIR records say it; besides, every concept can be written plainly as an "
        "Observation whose code has the system `urn:equipoise:concept` and the concept's name as code.\n",
        "Of a code the last column says where it was seen (V: in the published source named). A code that two or more "
        "independent public sources agree on, but that was not seen in its publisher's own list, is marked *not "
        "verified*. A trailing `*` takes in every code that begins so.\n",
        _overview(trial),
        *(_concept(each, trial) for each in trial.vocabulary.values()),
        *_systems(trial),
    )


def _overview(trial: Protocol) -> str:
    rows = [
        [f"[{plain(each.name)}](#{each.name})", plain(each.label), KINDS[each.kind], WHO[each.who]]
        for each in trial.vocabulary.values()
    ]
    return table(["name", "label", "kind", "who can answer"], rows)


# ---------------------------------------------------------------- one concept
def _concept(concept: Concept, trial: Protocol) -> str:
    entry = trial.codes.get("concept", {}).get(concept.name, {})
    return page(
        f"## {plain(concept.name)} {{#{concept.name}}}\n",
        f"{plain(concept.label[:1].upper() + concept.label[1:])}.\n",
        bullets(_properties(concept)),
        _fields(concept),
        f"*{plain(concept.note)}*\n" if concept.note else "",
        _grading(concept, trial),
        _codes(entry),
    )


def _properties(concept: Concept) -> Iterator[str]:
    yield f"kind: {KINDS[concept.kind]}" + (f", in {plain(unit_text(concept.unit))}" if unit_text(concept.unit) else "")
    if concept.kind == "choice":
        yield f"answers: {_answers(concept)}"
    if concept.plausible:
        low, high = concept.plausible
        yield f"a number outside {low} to {high} is doubted (ours)"
    yield f"who can answer: {WHO[concept.who]}"
    yield f"nothing on record: {_absence(concept)}"
    if concept.members:
        yield f"read from any of: {', '.join(code(name) for name in concept.members)}"
    if concept.formula:
        yield f"computed from {', '.join(code(name) for name in concept.inputs.values())}"
    if concept.molar_mass is not None:
        yield f"converts between mass and amount with {float(concept.molar_mass):.7g} g/mol"
    yield f"source: {plain(concept.source)}" + (" (our reading of it)" if concept.ours else "")


def _absence(concept: Concept) -> str:
    if concept.formula or concept.members:
        return "that of the concepts it is read from"
    if concept.absence == "no":
        return "there was none (the trial or the source would have recorded it)"
    parts = ["not known"]
    if concept.complete_when_any:
        parts.append("one entry on file is taken to mean that all are, which each verdict lists as an assumption")
    if concept.holds:
        parts.append(f"a statement that there was none stands for {concept.holds}")
    if concept.once:
        parts.append("happens once, so one entry says all")
    return "; ".join(parts)


def _answers(concept: Concept) -> str:
    several = "one or several of " if concept.several else ""
    told = [
        code(name)
        + (f" ({plain(label)})" if label != name else "")
        + (" (settles nothing)" if name in concept.unclear else "")
        for name, label in concept.answers.items()
    ]
    return several + "; ".join(told)


def _fields(concept: Concept) -> str:
    if not concept.fields:
        return ""
    rows = []
    for field in concept.fields.values():
        what = _answers(field) if field.kind == "choice" else KINDS[field.kind]
        unit = f", in {plain(unit_text(field.unit))}" if unit_text(field.unit) else ""
        note = f"<br>*{plain(field.note)}*" if field.note else ""
        none = "; not stated means no" if field.absence == "no" else ""
        rows.append([code(field.name), plain(field.label), what + unit + none + note, WHO[field.who]])
    return table(["field", "label", "what", "who can answer"], rows)


def _grading(concept: Concept, trial: Protocol) -> str:
    grading = trial.gradings.get(concept.name)
    if grading is None:
        return ""
    steps = ", ".join(f"{step.grade}: {plain(_limit(step, trial, concept))}" for step in grading.steps)
    return f"Grades by {plain(grading.version)}: {steps}. Source: {plain(grading.source)}.\n"


def _limit(step: Step, trial: Protocol, concept: Concept) -> str:
    rule = Compare(Look(concept.name), step.comparison, step.limit)
    return says(rule, trial.vocabulary).removeprefix(f"{concept.label} ")


# ---------------------------------------------------------------- codes
def _codes(entry: Mapping[str, Any]) -> str:
    """The codes of a concept as a table that opens on a click, since there can be hundreds."""
    rows = [*_rows(entry, ""), *_of_fields(entry)]
    element = f"Read from `Patient.{entry['patient']}`.\n" if "patient" in entry else ""
    if not rows:
        return element
    listed = table(["where", "code", "says", "seen in"], rows)
    indented = "".join(f"    {line}\n" for line in listed.splitlines())
    return page(element, f'??? note "Codes ({len(rows)})"\n\n{indented}')


def _of_fields(entry: Mapping[str, Any]) -> Iterator[list[str]]:
    for field, part in entry.get("fields", {}).items():
        yield from _rows(part, field)


def _rows(entry: Mapping[str, Any], field: str) -> Iterator[list[str]]:
    for way, words in WAYS.items():
        for written, stated in entry.get(way, {}).items():
            details = {"source": stated} if isinstance(stated, str) else stated
            seen = plain(details["source"]) + ("" if details.get("verified", True) else " *(not verified)*")
            yield [f"{words}{f' of {plain(field)}' if field else ''}", code(written), _says(details), seen]


def _says(details: Mapping[str, Any]) -> str:
    parts = [code(str(details["is"]))] if "is" in details else []
    parts += [f"{plain(name)}: {code(str(answer))}" for name, answer in details.get("sets", {}).items()]
    if "needs" in details:
        parts.append(f"if also {plain(details['needs'])}")
    if "unless" in details:
        parts.append(f"unless {plain(details['unless'])}")
    if details.get("if_fasting"):
        parts.append("if the record says fasting")
    if "why" in details:
        parts.append(plain(details["why"]))
    return "; ".join(parts)


def _systems(trial: Protocol) -> Iterator[str]:
    yield "## Code systems {#code-systems}\n"
    rows = []
    for name, urls in trial.codes.get("systems", {}).items():
        listed = urls["urls"] if isinstance(urls, Mapping) else urls
        rows.append([code(name), "<br>".join(code(url) for url in listed)])
    yield table(["short name", "names that it goes by in records"], rows)
    yield "## Marks {#marks}\n"
    yield "What another code of the same resource must say (*if also*) or must not (*unless*) for a code to count.\n"
    marks = trial.codes.get("marks", {}).items()
    yield table(["mark", "codes"], [[plain(name), ", ".join(code(each) for each in codes)] for name, codes in marks])
