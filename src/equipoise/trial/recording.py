"""What becomes known: people, facts, corrections, visits. Nothing is overwritten; every change has its reason."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from ..conduct.editing import check_fact, check_unchanged, doubts, same_place
from ..conduct.schedule import DueVisit, due_visits
from ..conduct.serious_entries import now_called
from ..conduct.standing import anchors_of, ended_of, extended_of, visit_records
from ..dates import day_text
from ..fact_data import fact_data
from ..facts import Fact
from ..ledger.entry import REDACTION, Draft, Entry, Part
from ..participant.acts import ACTS, TAKEN_BACK, WORDED, check_may_act
from ..participant.moves import Refused
from ..participant.record import Participant, body_of, day_of
from ..rules.prose import fact_text
from .checking import Checking, before, is_nothing
from .door import EDIT_CHECK, on_the_latest
from .opening import check_identifier


class Recording(Checking):
    """The verbs of the site from the first contact on."""

    @on_the_latest
    def identify(self, by: str, person: str, on: date | None = None, site: str = "") -> Entry:
        """Somebody comes to the trial's notice: an identifier, never a name. site: for users who belong to none."""
        user = self.user(by)
        place = user.site or site
        check_may_act(user, "identified", site)
        check_identifier(person, "person")
        twin = next((each for each in self.state.people if each.casefold() == person.casefold()), None)
        if twin is not None:
            raise Refused(f"{twin} is in this trial already.")
        if place not in self.state.sites or self.state.sites[place] is not None:
            raise Refused(f'Site "{place}" is not open: the sponsor opens it first.')
        day = on or self.today
        self.check_day(day, "The identification")
        draft = self.draft(replace(user, site=place), "identified", person, {"on": day.isoformat()})
        return self.append(draft)[0]

    @on_the_latest
    def record(self, by: str, person: str, *facts: Fact, visit: str = "", reason: str = "") -> list[Entry]:
        """Writes down facts, all or none; what is recorded already is not written again. Gives the new entries.

        visit: the slot at which they were collected. reason: why so late, for what was observed long before (R31).
        A value that cannot well be true is kept with its doubt, and a question is opened about it (R09).
        Raises Refused for what no form would take, for what would change a recorded value, and for what the person's
        withdrawal no longer permits.
        """
        known, drafts = self.person_for(by, "fact", person), list[Draft]()
        if visit and visit not in {due.slot for due in self.visits(person)}:
            raise Refused(f'The schedule has no visit "{visit}" for {person}: leave the name out if it is unscheduled.')
        for fact in facts:
            fact = replace(fact, person=person, id="")
            check_fact(fact, self.protocol.vocabulary, self.latest_day)
            self.check_by_hand(fact)
            twin = same_place(fact, known.facts, self.protocol.vocabulary)
            if twin is not None:
                check_unchanged(fact, twin, self.protocol.vocabulary)
                continue
            self.check_permitted(known, fact)
            drafts.append(self.draft_of(by, known, fact, visit=visit, reason=reason))
            known = replace(known, facts=(*known.facts, fact))  # what comes after it in the same hand counts on it
        self.check_one_death(known, facts)
        return self.written(drafts)

    @on_the_latest
    def correct(self, by: str, person: str, entry: int, fact: Fact, reason: str) -> Entry:
        """The right value in the place of a recorded one; the first value, the correction and the reason all stay."""
        known = self.person_for(by, "fact", person)
        old = self._standing_fact(known, entry)
        if old.concept != fact.concept:
            raise Refused(f"Entry {entry} is about {old.concept}, not {fact.concept}: void it, and record the other.")
        if not reason.strip():
            raise Refused("A correction needs a reason: say why in a few words.")
        fact = replace(fact, person=person, id="")
        check_fact(fact, self.protocol.vocabulary, self.latest_day)
        if fact.concept == self.protocol.conduct.randomisation:
            self.check_by_hand(fact)
        if replace(fact, id=old.id, supersedes=old.supersedes, doubt=old.doubt) == old:
            raise Refused(f"That is what entry {entry} says already: {fact_text(old, self.protocol.vocabulary)}.")
        if is_nothing(fact):
            self.check_nothing_rests_on(known, entry)
        self.check_permitted(before(known, entry), fact)
        return self.written([self.draft_of(by, known, fact, target=entry, reason=reason)])[0]

    @on_the_latest
    def void(self, by: str, person: str, entry: int, reason: str) -> Entry:
        """Takes back a fact, a visit or a step that should not have been recorded; it stays readable."""
        known = self.person_for(by, "void", person)
        if next((act for act in known.acts if act.seq == entry), None) is None:
            self._standing_fact(known, entry)
        elif (kind := self.store.entry(entry).kind) not in TAKEN_BACK:
            raise Refused(f"Entry {entry} says that {ACTS[kind].label}: that stands, and is never taken back.")
        self.check_nothing_rests_on(known, entry)
        return self.append(self.draft(by, "void", person, target=entry, reason=reason))[0]

    @on_the_latest
    def redact(self, by: str, entry: int, reason: str, part: Part = "body") -> Entry:
        """Removes words that hold personal data, of the body or of the reason; who, when and why it went stay (R11)."""
        old = self.store.entry(entry)
        draft = self.draft(by, "redaction", old.subject, target=entry, reason=reason)
        if part == "body" and old.kind not in (*WORDED, REDACTION):
            raise Refused(f"Entry {entry} says that {ACTS[old.kind].label}: no words of anybody are in it.")
        if part == "body" and old.kind == "fact":
            self._check_redactable(self.person(old.subject), entry)
        written = self.store.redact(entry, part, draft)
        self.catch_up()
        return written

    def _check_redactable(self, known: Participant, entry: int) -> None:
        """Nobody loses a step, nor a serious event its clock, by a word that has to go."""
        self.check_nothing_rests_on(known, entry)
        reported = {now_called(known, each.target) for each in known.of("serious_event")}
        is_step = any(move.entry == entry for move in known.moves)
        if known.fact(entry) is not None and (is_step or entry in reported):
            what = f"brought {known.person} on" if is_step else "was reported as a serious event"
            raise Refused(
                f"Entry {entry} {what}: correct it first, without what is personal, and then redact what it said."
            )

    @on_the_latest
    def visit(self, by: str, person: str, slot: str, on: date, done: bool = True, reason: str = "") -> Entry:
        """A visit was made, or was not (`done` False, with the reason). slot: "" for one that the schedule lacks."""
        known = self.person_for(by, "visit", person)
        self.check_day(on, "The visit")
        if not done and not reason.strip():
            raise Refused("A missed visit needs its reason: say why in a few words.")
        due = next((each for each in self.visits(person, self.latest_day) if each.slot == slot), None) if slot else None
        if slot and (due is None or due.visit is None):
            raise Refused(f'The schedule has no visit "{slot}" for {person}: leave the name out if it is unscheduled.')
        kind = due.visit.kind if due is not None and due.visit is not None else "contact"
        self.check_not_left(known, on, kind)
        if done and (due is None or (due.visit is not None and due.visit.procedure)):
            self.check_consented(known, on, "A visit of the study")
        if due is not None and due.record is not None and due.record.done:
            raise Refused(f"{_called(due)} of {person} is recorded already, on {day_text(due.record.on)}.")
        if done and due is not None:
            self._check_done(known, due, on)
        body = {"slot": slot, "on": on.isoformat(), "done": done}
        return self.append(self.draft(by, "visit", person, body, reason=reason))[0]

    def _check_done(self, known: Participant, due: DueVisit, on: date) -> None:
        """Raises Refused for a visit before what it is counted from; that of a dose is made by giving it."""
        assert due.visit is not None
        own = {self.protocol.conduct.randomisation, *(each.sets for each in self.protocol.schedule.visits)}
        if due.visit.sets:
            raise Refused(f"{_called(due)} of {known.person} is done by giving it: record the dose.")
        if due.visit.moment not in own:
            return  # the day of a resection, say, may be known in part only, and the visit was made all the same
        start = anchors_of(known, self.protocol, self.latest_day).get(due.visit.moment)
        if start is None or due.window is None or on < min(start, due.window.first):
            begins = "which has no day yet" if start is None else f"which was on {day_text(start)}"
            raise Refused(f"{_called(due)} of {known.person} is counted from {due.visit.counted_from}, {begins}.")

    # ---------------------------------------------------------------- what is asked of a person's ledger
    def visits(self, person: str, on: date | None = None) -> tuple[DueVisit, ...]:
        """Every visit of a person with its status on a day (conduct.schedule.due_visits)."""
        known, day = self.person(person), on or self.today
        arm = known.allocation.arm if known.allocation else ""
        return due_visits(
            self.protocol.schedule, arm, anchors_of(known, self.protocol, day), visit_records(known), day,
            ended_of(known, day), self.recurrence_on(known, day), extended_of(known, self.protocol),
        )  # fmt: skip

    def recurrence_on(self, known: Participant, on: date) -> date | None:
        """The first day of a recurrence that was known by a day."""
        seen = known.of_concept(self.protocol.conduct.recurrence)
        days = [day_of(fact) for fact in seen if not is_nothing(fact)]
        return min((day for day in days if day <= on), default=None)

    # ---------------------------------------------------------------- entries
    def _standing_fact(self, known: Participant, entry: int) -> Fact:
        fact = known.fact(entry)
        if fact is None:
            raise Refused(f"Entry {entry} holds no fact about {known.person} that stands: name one that does.")
        return fact

    def draft_of(
        self, by: str, known: Participant, fact: Fact, target: int = 0, visit: str = "", reason: str = ""
    ) -> Draft:
        """The entry of a fact, with the doubts that there are about its value."""
        found = doubts(fact.value, self.protocol.vocabulary[fact.concept])
        doubted = replace(fact, doubt=fact.doubt or "; ".join(found))
        return self.draft(by, "fact", known.person, body_of(fact_data(doubted), visit), target=target, reason=reason)

    def written(self, facts: Sequence[Draft]) -> list[Entry]:
        """Writes facts, and with them a question about each that has a doubt, in the name of the edit check."""
        asked = [
            self.draft(EDIT_CHECK, "query_opened", fact.subject, {"text": f"Please check: {doubt}."}, target=seq)
            for seq, fact in enumerate(facts, start=self.state.head + 1)
            if (doubt := fact.body.get("doubt"))
        ]
        return self.append(*facts, *asked)[: len(facts)] if facts else []


def _called(due: DueVisit) -> str:
    """The visit at the beginning of a sentence."""
    return due.label[:1].upper() + due.label[1:]
