"""Records of people in the trial -> entries: fact by fact, with an account of what was refused and why."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..conduct.editing import check_unchanged, same_place
from ..facts import Fact, Reading
from ..faults import Fault
from ..participant.moves import Refused
from ..participant.record import number_of
from ..report.words import counted
from ..rules.prose import fact_text
from ..trial import Trial


@dataclass(slots=True)
class Imported:
    """What became of one person's facts. refused: the fact in words, and the sentence why."""

    person: str
    recorded: int = 0
    corrected: int = 0
    known: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    @property
    def sentence(self) -> str:
        """ "P-001: 24 facts recorded, 2 recorded already, 1 refused." """
        parts = [f"{counted(self.recorded, 'fact')} recorded"]
        parts += [f"{self.corrected} corrected"] if self.corrected else []
        parts += [f"{self.known} recorded already"] if self.known else []
        parts += [f"{len(self.refused)} refused"] if self.refused else []
        return f"{self.person}: {', '.join(parts)}."


# ---------------------------------------------------------------- who is who
def names_asked(stated: Sequence[str]) -> dict[str, str]:
    """Participant -> the identifier in the records, of "P-001" or "P-001=SYN-0208". Raises Fault for a second one."""
    found: dict[str, str] = {}
    for each in stated:
        person, _, name = (part.strip() for part in each.partition("="))
        if person in found or not person:
            raise Fault(f"--person {each}: name each participant once, as P-001 or P-001=SYN-0208.")
        found[person] = name or person
    return found


def whose(reading: Reading, trial: Trial, by: str, asked: Mapping[str, str]) -> dict[str, str]:
    """Participant -> the person of the records. asked: only these, by the identifier in the records.

    Without being asked for, a participant is whom one of the person's identifiers names. Raises Refused for somebody
    who is not in the trial (`by` too), and Fault for somebody who is not in the records, or whom these name twice.
    """
    trial.user(by)
    for person in asked:
        trial.person(person)
    wanted = asked or {person: person for person in trial.state.people}
    found: dict[str, str] = {}
    for person, name in wanted.items():
        matches = [each for each, others in reading.people.items() if name == each or name in others]
        if len(matches) > 1:
            raise Fault(f'"{name}" names {len(matches)} people of these records ({", ".join(matches)}): part them.')
        if matches:
            found[person] = matches[0]
        elif asked:
            raise Fault(f'Nobody in these records is identified by "{name}": write --person {person}=THEIR-IDENTIFIER.')
    if twice := next((each for each in found.values() if list(found.values()).count(each) > 1), None):
        both = " and ".join(person for person, each in found.items() if each == twice)
        raise Fault(f"{twice} of these records is {both} at once: name the right one with --person.")
    return found


# ---------------------------------------------------------------- recording
def import_facts(trial: Trial, by: str, person: str, facts: Iterable[Fact], reason: str) -> Imported:
    """Records a person's facts one by one, so that one that is refused keeps no other out.

    What is recorded already is passed over. What would change a recorded value is refused without a reason, and with
    one becomes a correction; not so where the records themselves say two things of one moment.
    """
    told, touched = Imported(person), set[int]()
    trial.catch_up()
    try:
        trial.draft(by, "fact", person)  # may this user, now, about this person?
    except Refused as refused:
        told.refused.append(("everything", str(refused)))
        return told
    for fact in _in_order(facts, trial.protocol.conduct.consent):
        try:
            _import(trial, by, replace(fact, person=person, id="", supersedes=""), reason, told, touched)
        except Refused as refused:
            told.refused.append((fact_text(fact, trial.protocol.vocabulary), str(refused)))
    return told


def _import(trial: Trial, by: str, fact: Fact, reason: str, told: Imported, touched: set[int]) -> None:
    twin = same_place(fact, trial.person(fact.person).facts, trial.protocol.vocabulary)
    if twin is not None and _differs(fact, twin, trial):
        if number_of(twin) in touched:
            raise Refused(f"These records say two things of one moment; {_words(twin, trial)} is recorded.")
        if reason:
            touched.add(trial.correct(by, fact.person, number_of(twin), fact, reason).seq)
            told.corrected += 1
            return
    entries = trial.record(by, fact.person, fact)
    touched.update([entry.seq for entry in entries] or ([number_of(twin)] if twin else []))
    told.recorded += bool(entries)
    told.known += not entries


def _differs(fact: Fact, twin: Fact, trial: Trial) -> bool:
    try:
        check_unchanged(fact, twin, trial.protocol.vocabulary)
    except Refused:
        return True
    return False


def _words(fact: Fact, trial: Trial) -> str:
    return fact_text(fact, trial.protocol.vocabulary)


def _in_order(facts: Iterable[Fact], consent: str) -> Iterator[Fact]:
    """Consent first, for some of the rest must come after it; then by their days. What its source corrected is out."""
    all_of_them = list(facts)
    corrected = {fact.supersedes for fact in all_of_them if fact.supersedes}
    standing = [fact for fact in all_of_them if not (fact.id and fact.id in corrected)]
    yield from sorted(standing, key=lambda fact: (fact.concept != consent, fact.when))
