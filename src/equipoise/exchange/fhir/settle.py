"""The end of the reading: whose each draft is, which version counts, what makes one record; and what is left."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Protocol

from ...concepts import Concept
from ...dates import ANY_DAY, Span, completed_years, read_span
from ...facts import Choice, Fact, Reading, ReferenceRange, Unread, Value, chosen, record
from .drafts import Applies, Complaint, Draft, Gathered, Link, Version, begun
from .elements import Item, text
from .events import settle_event
from .measurements import single_range
from .people import Identity, identify
from .records import merge
from .treatments import settle_medication
from .versions import overruled


def read_patient(item: Item, gathered: Gathered) -> None:
    """Birth date, sex and death of a Patient resource."""
    resource, bound = item.resource, gathered.bindings.patient
    born, gender = text(resource, "birthDate"), text(resource, "gender")
    if born and "birthDate" in bound:
        span = read_span(born)
        if span is None:
            gathered.complain(item, item.key, "unreadable date", "the birth date is no date", "birth date")
        else:
            gathered.drafts.append(_of_patient(item, bound["birthDate"], span, span, born))
    if gender and "gender" in bound:
        concept = gathered.vocabulary[bound["gender"]]
        if gender in concept.answers:
            draft = _of_patient(item, concept.name, chosen(gender), ANY_DAY, gender)
            gathered.drafts.append(draft)
        elif gender != "unknown":
            # Nothing of a Patient is ever quoted: a name may stand in the wrong place.
            gathered.complain(item, item.key, "unknown answer", "it is not an administrative gender of FHIR", "sex")
    if "deceased" in bound:
        _death(item, bound["deceased"], gathered)


def _death(item: Item, concept: str, gathered: Gathered) -> None:
    resource = item.resource
    written = text(resource, "deceasedDateTime")
    if written:
        span = read_span(written)
        if span is None:
            gathered.complain(item, item.key, "unreadable date", "the date of death is no date", "death", held=True)
        gathered.drafts.append(_of_patient(item, concept, span or ANY_DAY, span or ANY_DAY, written))
    elif resource.get("deceasedBoolean") is True:
        gathered.drafts.append(_of_patient(item, concept, ANY_DAY, ANY_DAY, "dead, without a date"))


def _of_patient(item: Item, concept: str, value: Span | Choice, when: Span, reported: str) -> Draft:
    draft = begun("fact", concept, item, item.key)
    return draft._replace(value=value, when=when, reported=reported)


# ------------------------------------------------------------------ the end
class Whose(Protocol):
    """Who is meant: the person of each Patient resource by its ordinal, and of each reference to one."""

    @property
    def person_of(self) -> Mapping[int, str]: ...

    def resolve(self, subject: str, file: str) -> str: ...


def settle(gathered: Gathered, unread: list[Unread]) -> Reading:
    """The reading, from all that was gathered."""
    identity = identify(gathered.patients)
    unread.extend(identity.unread)
    facts = settle_facts(gathered, identity, unread)
    unread.extend(account(gathered.unused, gathered.skipped))
    people, sites = _people(gathered, identity), _sites(gathered, identity)
    return Reading(people, tuple(facts), tuple(unread), gathered.read, gathered.synthetic, sites)


def settle_facts(gathered: Gathered, identity: Whose, unread: list[Unread]) -> list[Fact]:
    """The facts, once it is known who is who; what made none goes to `unread`."""
    _drain(gathered)
    by_ordinal: dict[int, list[Draft]] = defaultdict(list)
    repeated = _repeated(gathered)
    for draft in gathered.drafts:
        if draft.ordinal in repeated:
            by_ordinal[draft.ordinal].append(draft)
    drafts_of = {ordinal: tuple(drafts) for ordinal, drafts in by_ordinal.items()}

    def of_version(version: Version) -> str:
        return identity.person_of.get(version.ordinal) or identity.resolve(version.subject, version.file)

    gone, told = overruled(gathered, of_version, drafts_of)
    for key, version, kind, why in told:
        unread.append(Unread(key, key, why, kind, of_version(version), held=kind == "two versions"))
    facts = _facts(gathered, identity, gone, unread)
    for complaint in gathered.complaints:
        if complaint.ordinal not in gone:
            unread.append(_told(complaint, identity))
    unread.extend(_unfamiliar(gathered, identity))
    return facts


def _drain(gathered: Gathered) -> None:
    """Reads what waited for another resource: orders for their medication, what has a reason for that diagnosis."""
    waiting, gathered.waiting = gathered.waiting, []
    for item, subject in waiting:
        if "medication" in item.resource["resourceType"].lower():
            settle_medication(item, subject, gathered)
        else:
            settle_event(item, subject, gathered)


def _repeated(gathered: Gathered) -> set[int]:
    return {version.ordinal for found in gathered.versions.values() if isinstance(found, list) for version in found}


def _told(complaint: Complaint, identity: Whose) -> Unread:
    person = _person(complaint, identity)
    return Unread(complaint.source, complaint.what, complaint.why, complaint.kind, person, complaint.held)


def _person(draft: Draft | Complaint, identity: Whose) -> str:
    """The person of a draft: a Patient resource's own, else the one that its reference names."""
    own = identity.person_of.get(draft.ordinal)
    if own is not None and "#" not in draft.source:
        return own
    return identity.resolve(draft.subject, draft.file) if draft.subject else ""


def _facts(gathered: Gathered, identity: Whose, gone: Mapping[int, str], unread: list[Unread]) -> list[Fact]:
    facts: list[Fact] = []
    parts: dict[tuple[str, str], list[Draft]] = defaultdict(list)
    plain: list[tuple[str, Draft]] = []
    seen: set[tuple[object, ...]] = set()
    for draft in gathered.drafts:
        if draft.ordinal in gone:
            continue
        person = _person(draft, identity)
        if not person:
            why = "two people could be meant" if draft.subject else "it does not say whom it is about"
            unread.append(Unread(draft.source, draft.concept, why, "no person"))
        elif draft.role == "fact":
            plain.append((person, draft))
        else:
            parts[person, draft.concept].append(draft)
    known = _known_people(plain, gathered)
    for person, draft in plain:
        fact = _plain_fact(person, draft, known, gathered, unread)
        if fact is not None:
            if draft.key.startswith("Patient/"):
                same = (fact.person, fact.concept, str(fact.value))
                if same in seen:
                    continue
                seen.add(same)
            facts.append(fact)
    links = _links(gathered.links)
    for (person, name), drafts in parts.items():
        facts.extend(_records(person, gathered.vocabulary[name], drafts, links, gathered, unread))
    return facts


def _links(listed: Iterable[Link]) -> dict[str, frozenset[str]]:
    """For each key the reports in which it is listed."""
    found: dict[str, set[str]] = defaultdict(set)
    for link in listed:
        for member in link.members:
            found[member].add(link.report)
    return {key: frozenset(reports) for key, reports in found.items()}


def _known_people(plain: Iterable[tuple[str, Draft]], gathered: Gathered) -> dict[str, tuple[str, Span | None]]:
    """Sex and birth of each person, where a reference range depends on them."""
    if not any(draft.ranges for _, draft in plain):
        return {}
    sexes: dict[str, str] = {}
    births: dict[str, Span] = {}
    bound = gathered.bindings.patient
    for person, draft in plain:
        if draft.concept == bound.get("gender") and isinstance(draft.value, Choice):
            sexes[person] = next(iter(draft.value.answers))
        elif draft.concept == bound.get("birthDate") and isinstance(draft.value, Span):
            births[person] = draft.value
    return {person: (sexes.get(person, ""), births.get(person)) for person in {*sexes, *births}}


def _plain_fact(
    person: str, draft: Draft, known: Mapping[str, tuple[str, Span | None]], gathered: Gathered, unread: list[Unread]
) -> Fact | None:
    if draft.fasting:
        specimen = gathered.specimens.get(draft.fasting)
        if specimen is None or not specimen.fasting:
            what = f"{gathered.vocabulary[draft.concept].label} {draft.reported}"
            why = "nothing says that the person had fasted"
            unread.append(Unread(draft.source, what, why, "not known to be fasting", person))
            return None
    reference = draft.reference
    if draft.ranges:
        sex, born = known.get(person, ("", None))
        reference = _range_for(draft.ranges, sex, born, draft.when)
    if draft.value is None:
        return None  # codes.toml gives an answer to another field of what is no record: `check` says so
    return _fact(person, draft, draft.value, reference)


def _fact(person: str, draft: Draft, value: Value, reference: ReferenceRange | None) -> Fact:
    return Fact(
        person=person,
        concept=draft.concept,
        value=value,
        when=draft.when,
        end=draft.end,
        source=draft.source,
        reported=draft.reported,
        reference=reference,
        doubt=draft.doubt,
        issued=draft.issued,
        id=draft.key,
    )


def _range_for(ranges: tuple[Applies, ...], sex: str, born: Span | None, when: Span) -> ReferenceRange | None:
    """The range for a person of this sex and age; None when several that differ could hold."""
    age = completed_years(born.lo, when.lo) if born and born.exact and when.exact else None
    fitting = tuple(
        each
        for each in ranges
        if not (each.sex and sex and each.sex != sex)
        and not (age is not None and each.from_age is not None and age < each.from_age)
        and not (age is not None and each.to_age is not None and age > each.to_age)
    )
    return single_range(fitting)


def _records(
    person: str, concept: Concept, drafts: list[Draft], links: Mapping[str, frozenset[str]], gathered: Gathered,
    unread: list[Unread],
) -> list[Fact]:  # fmt: skip
    merged = merge(drafts, concept, gathered.bindings, links, gathered.specimens)
    for draft, why in merged.loose:
        if draft.free_text:
            why = f"{concept.label} in words only, for a person to read"
            unread.append(Unread(draft.source, draft.free_text, why, "free text", person))
        else:
            kind = "cannot be attached" if draft.fields else "no value"
            unread.append(Unread(draft.source, f"{concept.label}: {draft.reported}", why, kind, person))
    facts: list[Fact] = []
    for draft in merged.records:
        missing = [field.label for name, field in concept.fields.items() if name not in draft.fields]
        if draft.free_text and missing:
            why = f"only in words, for a person to read: {', '.join(missing)}"
            unread.append(Unread(draft.source, draft.free_text, why, "free text", person, held=True))
        facts.append(_fact(person, draft, record(**draft.fields), None))
    return facts


def _people(gathered: Gathered, identity: Identity) -> dict[str, frozenset[str]]:
    """Everybody met, in the order met, with the other identifiers of each."""
    people: dict[str, frozenset[str]] = {}
    for subject, file in gathered.subjects:
        person = identity.resolve(subject, file)
        if person and person not in people:
            also = frozenset({subject[1:]} - {person}) if subject.startswith("?") else frozenset()
            people[person] = identity.identifiers.get(person, also)
    return people


def _sites(gathered: Gathered, identity: Identity) -> dict[str, str]:
    """The organisation that manages each person's record, by its name, where a Patient resource names one."""
    sites: dict[str, str] = {}
    for patient in gathered.patients:
        site = patient.site or gathered.organizations.get(patient.organization, "")
        if site:
            sites.setdefault(identity.person_of[patient.ordinal], site)
    return sites


# ------------------------------------------------------------------ the account of what is not used
def account(unused: Mapping[str, Counter[str]], skipped: Mapping[str, int]) -> list[Unread]:
    """One entry for each type of resource that was passed over, with how many and which codes."""
    told = [_unused(kind, codes) for kind, codes in sorted(unused.items())]
    for kind, number in sorted(skipped.items()):
        what = f"{number:,} {kind} resource{'s' * (number > 1)}"
        told.append(Unread(kind, what, "this protocol uses nothing that they say", "not used"))
    return told


def _unused(kind: str, codes: Counter[str]) -> Unread:
    number, distinct = sum(codes.values()), len(codes)
    what = f"{number:,} {kind} resource{'s' * (number > 1)} with {distinct:,} code{'s' * (distinct > 1)}"
    return Unread(kind, what, f"codes that this protocol does not use: {_often(codes)}", "code not used")


def _often(codes: Counter[str]) -> str:
    """All of them with their numbers, the commonest first."""
    ordered = sorted(codes.items(), key=lambda each: (-each[1], each[0]))
    return ", ".join(f"{code} ({count:,})" if count > 1 else code for code, count in ordered)


def _unfamiliar(gathered: Gathered, identity: Whose) -> list[Unread]:
    """For each person the medications, procedures and allergies of which no code is known: a person should look."""
    by_person: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for (subject, file, kind), names in gathered.unfamiliar.items():
        if person := identity.resolve(subject, file):
            by_person[person, kind] += names
    why = "this protocol knows none of their codes: a person should look whether one of them matters"
    return [Unread(kind, _often(names), why, "not recognised", person) for (person, kind), names in by_person.items()]
