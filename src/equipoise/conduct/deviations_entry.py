"""How somebody entered: eligible, in the right stratum, after the consent, and with the consent form in force."""

from collections.abc import Iterator
from datetime import date

from ..dates import day_text
from ..facts import Fact
from ..participant.record import day_of, version_of
from ..truth import UNKNOWN
from .deviation import Found, Seen, evidence, number_in, on_text
from .strata import stratum_of


def ineligible(seen: Seen) -> Iterator[Found]:
    """Randomised although a criterion stood against it, by the facts as they are known now."""
    yield from _at_entry(seen, against=True)


def not_shown_eligible(seen: Seen) -> Iterator[Found]:
    """Randomised although a criterion can no longer be judged: what settled it was corrected or taken back."""
    yield from _at_entry(seen, against=False)


def _at_entry(seen: Seen, against: bool) -> Iterator[Found]:
    allocation, verdict = seen.known.allocation, seen.at_entry
    if allocation is None or verdict is None:
        return
    for judgement in verdict.judgements:
        if judgement.against if against else judgement.truth is UNKNOWN:
            yield Found(
                allocation.on,
                f"{seen.person} was randomised {on_text(allocation.on)}, and by what is known now{_version(seen)}: "
                f"{judgement.sentence}",
                evidence(judgement.evidence, allocation.entry), judgement.criterion.id,
            )  # fmt: skip


def _version(seen: Seen) -> str:
    """That another version of the protocol was in force at the randomisation; "" when it was this one."""
    sheet = seen.known.latest("eligible")
    then = sheet.body["sheet"]["protocol"] if sheet is not None and sheet.body is not None else seen.trial.digest
    return "" if then == seen.trial.digest else " and this version of the protocol (another was in force then)"


def wrong_stratum(seen: Seen) -> Iterator[Found]:
    """Randomised in another stratum than the facts give now; the allocation stands, and both are told (R24)."""
    allocation = seen.known.allocation
    if allocation is None:
        return
    for placing in stratum_of(seen.trial.allocation, seen.case(allocation.on)).placings:
        entered = allocation.levels.get(placing.factor.id)
        if placing.level is not None and entered is not None and placing.level.id != entered:
            yield Found(
                allocation.on,
                f"{seen.person} was randomised {on_text(allocation.on)} as {placing.factor.label} {entered}; "
                f"{placing.sentence[0].lower()}{placing.sentence[1:-1]}. The allocation stands.",
                evidence(placing.facts, allocation.entry), placing.factor.id,
            )  # fmt: skip


def procedure_before_consent(seen: Seen) -> Iterator[Found]:
    """What the study itself does, dated before the first consent (R28)."""
    for name, on, entry in _procedures(seen):
        if seen.consented is None:
            yield Found(on, f"{name} of {seen.person} {on_text(on)} has no consent on record.", (entry,))
        elif on < seen.consented:
            why = f"lies before the consent {on_text(seen.consented)}"
            consents = seen.known.of_concept(seen.trial.conduct.consent)
            yield Found(on, f"{name} of {seen.person} {on_text(on)} {why}.", evidence(consents, entry))


def _procedures(seen: Seen) -> Iterator[tuple[str, date, int]]:
    """(what, day, entry) of every study procedure: its facts, and the visits that are one."""
    conduct, vocabulary = seen.trial.conduct, seen.trial.vocabulary
    for fact in seen.known.facts:
        concept = vocabulary.get(fact.concept)
        if concept is None:  # of another version of the protocol
            continue
        by_study = fact.concept == conduct.study_procedure or (concept.conduct and concept.who == "site")
        if by_study and fact.concept != conduct.death:
            yield concept.label[0].upper() + concept.label[1:], day_of(fact), number_in(fact)
    for due in seen.due:
        if due.record is not None and due.record.done and due.record.entry and due.visit and due.visit.procedure:
            yield due.label[0].upper() + due.label[1:], due.record.on, due.record.entry


def not_consented_again(seen: Seen) -> Iterator[Found]:
    """Seen or treated while a version of the consent form was in force that they had not consented to (R28)."""
    told: set[str] = set()
    for on, entry in _contacts(seen):
        version = seen.state.consent_in_force(seen.known.site, on)
        if version is None or not version.again or version.version in told:
            continue
        if any(version_of(fact) == version.version and day_of(fact) <= on for fact in _consents(seen)):
            continue
        told.add(version.version)
        yield Found(
            on,
            f'{seen.person} was seen {on_text(on)} without having consented to version "{version.version}" of the '
            f"consent form, in force since {day_text(version.on)}.",
            evidence(_consents(seen), entry), version.version,
        )  # fmt: skip


def _contacts(seen: Seen) -> list[tuple[date, int]]:
    """(day, entry) of the visits made and doses given since the first consent, in order."""
    made = [(due.record.on, due.record.entry) for due in seen.due if due.record is not None and due.record.done]
    found = {*((on, entry) for on, entry in made if entry), *((dose.on, dose.entry) for dose in seen.doses)}
    return sorted(each for each in found if seen.consented is not None and each[0] >= seen.consented)


def _consents(seen: Seen) -> tuple[Fact, ...]:
    return seen.known.of_concept(seen.trial.conduct.consent)
