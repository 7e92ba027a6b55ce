"""A serious event: who says what of it, whether it counts as related and as expected; no opinion is ever lost."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from ..dates import Span
from ..faults import Fault
from ..protocol.safety import Expected, Safety
from ..truth import FALSE, NOT, TRUE, UNKNOWN, Truth, both
from .adverse_events import AdverseEvent


def _nothing() -> Mapping[str, datetime]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class SeriousEvent:
    """A serious adverse event, and who knew what of it when. Times are aware datetimes; None: not yet, or not said.

    term: as the adverse events are recorded. grade: 1 to 5. occurred: the days on which it may have begun.
    fatal_or_life_threatening, related_investigator, related_sponsor: what each has said, never inferred from the other.
    unexpected: an assessor calls it unexpected although the reference safety information lists it; None: nobody does.
    reported: whom it was reported to -> when first, by the clocks' `to`.
    Raises Fault for a time without its offset from UTC.
    """

    id: str
    person: str
    term: str
    occurred: Span
    site_aware: datetime | None = None
    sponsor_aware: datetime | None = None
    grade: int | None = None
    fatal: bool | None = None
    fatal_or_life_threatening: bool | None = None
    related_investigator: bool | None = None
    related_sponsor: bool | None = None
    unexpected: bool | None = None
    label: str = ""
    reported: Mapping[str, datetime] = field(default_factory=_nothing)

    def __post_init__(self) -> None:
        for at in (self.site_aware, self.sponsor_aware, *self.reported.values()):
            if at is not None:
                with_offset(at, f"serious event {self.id}")

    @property
    def called(self) -> str:
        """What people call it: the term's label, or the term."""
        return self.label or self.term


def with_offset(at: datetime, what: str) -> datetime:
    """The time as it is. Raises Fault where it lacks its offset from UTC: nobody can tell when that was."""
    if at.tzinfo is None or at.utcoffset() is None:
        raise Fault(
            f"The time {at.isoformat()} of {what} lacks its offset from UTC: write it as {at.isoformat()}+00:00."
        )
    return at


def serious(
    event: AdverseEvent, identifier: str, site_aware: datetime, *, life_threatening: bool | None = None
) -> SeriousEvent:
    """The serious event that an adverse event is, from the moment on at which the site knew of it.

    The record's `related` is the investigator's opinion. Whether it was fatal follows from the outcome or grade 5;
    whether it threatened life only a person can say: a laboratory grade 4 does not tell.
    """
    died, lived = event.grade == 5 or event.fatal is TRUE, event.grade is not None or event.fatal is FALSE
    fatal = True if died else False if lived else None
    dangerous = True if fatal else life_threatening if life_threatening or fatal is False else None
    return SeriousEvent(
        identifier, event.person, event.term, event.when, site_aware, grade=event.grade, fatal=fatal,
        fatal_or_life_threatening=dangerous, related_investigator=_said(event.related), label=event.label,
    )  # fmt: skip


def _said(truth: Truth) -> bool | None:
    return None if truth is UNKNOWN else truth is TRUE


@dataclass(frozen=True, slots=True)
class Causality:
    """Both opinions and what follows from them: related when either says yes."""

    related: Truth
    investigator: bool | None
    sponsor: bool | None
    sentence: str


def causality(investigator: bool | None, sponsor: bool | None) -> Causality:
    """The two opinions together; neither is lost, and the sponsor's no never undoes the investigator's yes.

    Regulation (EU) 536/2014, Annex III, 2.1(4): the investigator's assessment "shall not be downgraded by the sponsor";
    where they disagree both are reported. While the investigator has not said, it stays open whatever the sponsor says,
    unless the sponsor says yes.
    """
    related = TRUE if investigator or sponsor else FALSE if investigator is False else UNKNOWN
    words = {True: "related", False: "not related", None: "not assessed yet"}
    said = f"investigator: {words[investigator]}; sponsor: {words[sponsor]}"
    if investigator and sponsor is False:
        said += "; it counts as related, since the sponsor cannot downgrade the investigator: report both opinions"
    elif sponsor and investigator is False:
        said += "; it counts as related, since either opinion is enough: report both opinions"
    elif related is UNKNOWN:
        said += "; it counts as suspected until the investigator says: ask the investigator"
    return Causality(related, investigator, sponsor, f"{said[0].upper()}{said[1:]}.")


@dataclass(frozen=True, slots=True)
class Expectedness:
    """Is the event expected by the reference safety information, and why?"""

    expected: Truth
    entry: Expected | None
    sentence: str


def expectedness(event: SeriousEvent, safety: Safety) -> Expectedness:
    """Expected only by an entry that lists the term at this grade (and says so of fatal ones); what is unlisted is not.

    An assessor can call a listed event unexpected, never an unlisted one expected.
    """
    name = event.called
    entry = next((each for each in safety.expected if event.term in each.terms), None)
    if entry is None:
        return Expectedness(FALSE, None, f"Unexpected: {name} is not in the reference safety information.")
    if event.unexpected:
        return Expectedness(FALSE, entry, f"Unexpected: {name} is listed, but an assessor calls this one unexpected.")
    if event.fatal and not entry.fatal:
        return Expectedness(FALSE, entry, f"Unexpected: {name} is listed, but not as fatal.")
    if event.grade is None:
        return Expectedness(
            UNKNOWN, entry, f"Open: {name} is listed up to grade {entry.grade}, and its grade is not on record."
        )
    if event.grade > entry.grade and not (event.grade == 5 and entry.fatal):
        return Expectedness(
            FALSE, entry, f"Unexpected: {name} is listed up to grade {entry.grade}, this one is of grade {event.grade}."
        )
    return Expectedness(TRUE, entry, f"Expected: {name} is listed up to grade {entry.grade}.")


def is_susar(event: SeriousEvent, safety: Safety) -> Truth:
    """Is it a suspected unexpected serious adverse reaction? Unknown while causality or expectedness is open."""
    related = causality(event.related_investigator, event.related_sponsor).related
    return both((related, NOT[expectedness(event, safety).expected]))
