"""One person of a trial as text: standing, consent, eligibility, allocation, visits, doses, events, signatures."""

from collections import Counter
from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.text import Text

from ..conduct.by_day import by_day
from ..conduct.safety import adverse_events, clocks
from ..conduct.serious_entries import serious_events
from ..conduct.standing import doses_given
from ..conduct.strata import Placing, stratum_of
from ..conduct.visit_words import sentence
from ..dates import day_text
from ..ledger.entry import read_utc
from ..participant.moves import MOVES
from ..participant.record import Allocation, Participant
from ..participant.state import Signature
from ..rules.prose import fact_text
from .entry_words import arm_words, entry_words, level_words
from .standings import BLIND, Standings, visit_list
from .standings_table import foot, to_see_to
from .text import STYLES, dim, heading, indented
from .visits_table import TONES
from .visits_words import lines, ours_words
from .words import MARKS, SYNTHETIC, Tone, counted
from .words import sentence as as_sentence

_DOSING = ("dose_decided", "dose_overridden")


def participant_text(found: Standings) -> list[RenderableType]:
    """Everything about the one person of these standings, for a terminal."""
    (row,) = found.rows
    known = by_day(found.trial.person(row.person), found.on)  # what had happened by then, by all that is known
    parts: list[RenderableType] = [
        heading(f"{row.person} in {found.trial.protocol.acronym}, on {day_text(found.on)}"),
        *([Text(SYNTHETIC, style="bold")] if found.synthetic else []),
        Text(f"{as_sentence(row.standing)[:-1]} since {day_text(row.since)}, site {row.site}."),
        "",
    ]
    for head, said in (
        ("Course", _course(known, found)),
        ("Consent", _consent(known, found)),
        ("Eligibility", _eligibility(known, found)),
        ("Randomisation", _randomisation(known, found)),
        ("Visits", _visits(known, found)),
        ("Doses", [] if found.blind else _doses(known, found)),
        ("Adverse events", _events(known, found)),
        ("Serious events", _serious(known, found)),
        ("Signatures", _signatures(known, found)),
    ):
        items = list(said)
        parts += [heading(head), *(indented(each) for each in items), ""] if items else []
    return [*parts, *to_see_to(found, row.person), dim(foot(found))]


def _marked(tone: Tone, words: str) -> Text:
    return Text(f"{MARKS[tone]} {words}", style=STYLES[tone])


def _course(known: Participant, found: Standings) -> Iterator[Text]:
    for move in known.moves:
        if move.on <= found.on and not (found.blind and move.act == "treat"):
            yield Text(f"{day_text(move.on)}: {MOVES[move.act].label} (entry {move.entry})")


def _consent(known: Participant, found: Standings) -> Iterator[Text]:
    trial = found.trial
    for fact in known.of_concept(trial.protocol.conduct.consent):
        yield Text(f"{fact_text(fact, trial.protocol.vocabulary)} (entry {fact.id[1:]})")
    force = trial.state.consent_in_force(known.site, found.on)
    if force is not None:
        signed = force.version in trial.signed(known)
        words = f"version {force.version} is in force since {day_text(force.on)}"
        yield _marked("good" if signed else "open", f"{words}{'' if signed else ', and is not signed'}")


def _eligibility(known: Participant, found: Standings) -> Iterator[Text]:
    """The last screening, the last exclusion, and the signed sheet with whether its signature stands."""
    for entry in (known.latest("screened"), known.latest("excluded")):
        if entry is not None:
            yield Text(f"{entry_words(entry, found.trial.protocol)} (entry {entry.seq})")
            yield from _deciding((entry.body or {}).get("deciding", ()))
    sheet = known.latest("eligible")
    if sheet is not None:
        yield _signature(found.trial.state.signatures[sheet.seq], found)


def _deciding(criteria: Sequence[str]) -> Iterator[Text]:
    if criteria:
        yield Text(f"decided by {', '.join(criteria)}")


def _randomisation(known: Participant, found: Standings) -> Iterator[Text]:
    """The allocation as it stands, and beside it what the strata would be by what is known now (R24)."""
    given = known.allocation
    if given is None or given.on > found.on:
        return
    trial = found.trial.protocol
    arm = f"the arm is {BLIND}" if found.blind else arm_words(given.arm, trial)
    yield Text(f"{arm}, number {given.number}, on {day_text(given.on)} (entry {given.entry})")
    yield Text(f"strata as entered: {level_words(given.levels, trial)}")
    now = stratum_of(trial.allocation, found.trial.case(known, found.on))
    for placing in now.placings:
        yield from _otherwise(placing, given)


def _otherwise(placing: Placing, given: Allocation) -> Iterator[Text]:
    level = placing.level.id if placing.level is not None else ""
    if level != given.levels.get(placing.factor.id, level):
        yield _marked("open", f"as known now otherwise, and the allocation stands. {placing.sentence}")


def _visits(known: Participant, found: Standings) -> Iterator[Text]:
    visits = list(lines(visit_list(found.trial, [known], found.on, found.blind)))
    cancelled = Counter(line.due.because for line in visits if line.due.status == "cancelled")
    for line in visits:
        if line.due.status != "cancelled":
            yield _marked(TONES[line.due.status], sentence(line.due, found.on))
    for because, number in cancelled.items():
        yield dim(f"{counted(number, 'visit is', 'visits are')} cancelled: {because}")
    if visits and ours_words(found.trial.protocol):
        yield dim(ours_words(found.trial.protocol))


def _doses(known: Participant, found: Standings) -> Iterator[Text]:
    trial = found.trial.protocol
    for entry in known.of(*_DOSING):
        yield Text(f"{entry_words(entry, trial)} (entry {entry.seq})")
    for fact in doses_given(known, trial, found.on):
        yield _marked("good", f"given: {fact_text(fact, trial.vocabulary)} (entry {fact.id[1:]})")


def _events(known: Participant, found: Standings) -> Iterator[Text]:
    trial = found.trial.protocol
    for event in adverse_events(known.facts, trial.safety, trial.vocabulary, found.on):
        yield Text(f"{fact_text(event.fact, trial.vocabulary)} (entry {event.fact.id[1:]})")


def _serious(known: Participant, found: Standings) -> Iterator[Text]:
    now, trial = found.trial.now(), found.trial.protocol
    for event in serious_events(known, trial, found.on):
        for clock in clocks(event, trial.safety, now):
            tone: Tone = "bad" if clock.overdue else "good" if clock.met_at is not None else "open"
            yield _marked(tone, f"report of entry {event.id}: {clock.sentence}")


def _signatures(known: Participant, found: Standings) -> Iterator[Text]:
    until = found.on.isoformat()
    signatures = found.trial.state.signatures.values()
    own = [each for each in signatures if each.person == known.person and each.at[:10] <= until]
    hidden = {entry.seq for entry in known.of("dose_decided")} if found.blind else set[int]()
    return (_signature(each, found) for each in own if each.entry not in hidden)


def _signature(signature: Signature, found: Standings) -> Text:
    """A signature with its meaning, who and when, and whether it stands."""
    at = read_utc(signature.at)
    who = f"{signature.meaning}, signed by {signature.by} on {day_text(at)}, {at:%H:%M} UTC (entry {signature.entry})"
    fell = found.trial.state.voided_by(signature)
    return _marked("bad", f"{who}: fell with entry {fell}") if fell else _marked("good", f"{who}: stands")
