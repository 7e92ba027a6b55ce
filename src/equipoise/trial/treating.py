"""Doses: the rules decide, the investigator signs, and what is given is what was decided or overridden."""

from datetime import date

from ..conduct.dosing import DoseDecision, Override, check_may_give_dose, decide_dose, objections
from ..conduct.editing import check_fact
from ..dates import day_text, on_day
from ..facts import Fact, record
from ..faults import Fault
from ..ledger.entry import Entry
from ..participant.moves import Refused, check_may
from ..participant.record import Participant
from ..protocol.treatment import Level
from ..quantities import Quantity, exactly
from .door import evidence, on_the_latest
from .entering import Entering


class Treating(Entering):
    """The verbs of the treatment."""

    def dose(self, person: str, on: date | None = None) -> DoseDecision:
        """What the rules say of a person's next dose on a day; nothing is written."""
        return decide_dose(self.protocol, person, self.person(person).facts, on or self.today)

    @on_the_latest
    def decide_dose(self, by: str, person: str, on: date | None = None) -> Entry:
        """The investigator signs what the rules say of the next dose on a day: give, reduce, hold or stop."""
        known = self._treated(by, "dose_decided", person)
        decision = self.dose(person, on)
        covers = evidence(fact for ruling in (*decision.rulings, *decision.ready) for fact in ruling.finding.facts)
        body = {
            **decision.as_dict(), "position": self.state.head, "meaning": "dose decision", "covers": covers,
            "hash": self.hash_of(covers),
        }  # fmt: skip
        return self.append(self.draft(by, "dose_decided", known.person, body))[0]

    @on_the_latest
    def override_dose(self, by: str, person: str, level: str, reason: str, on: date | None = None) -> Entry:
        """The investigator decides otherwise than the rules, with a reason; what stood against it is kept beside it."""
        self._treated(by, "dose_overridden", person)
        decision = self.dose(person, on)
        against = objections(decision, level)
        if not against:
            raise Refused(f"Nothing stands against {level} for {person}: no override is needed.")
        body = {
            "on": decision.on.isoformat(), "cycle": decision.cycle.number, "level": level, "against": list(against),
        }  # fmt: skip
        return self.append(self.draft(by, "dose_overridden", person, body, reason=reason))[0]

    @on_the_latest
    def give_dose(
        self, by: str, person: str, level: str, on: date | None = None, activity: Quantity | None = None,
    ) -> Entry:  # fmt: skip
        """A dose was given on a day (today). activity: as measured; that of the level when it is left out.

        Raises Refused unless the investigator signed a decision on this dose, and the rules, asked again on the day
        itself, still say this level and that everything is ready, or an override of that day says otherwise.
        """
        known, day = self._treated(by, "fact", person), on or self.today
        self.check_day(day, "The dose")
        self.check_after(known, day, "The dose")
        decision = self.dose(person, day)
        cycle, given = decision.cycle.number, self._level(level)
        signed = [each for each in known.of("dose_decided") if each.body and each.body["cycle"] == cycle]
        if not signed:
            raise Refused(f"No decision on dose {cycle} of {person} is signed: the investigator decides first.")
        if self.state.voided_by(self.state.signatures[signed[-1].seq]):
            raise Refused(f"What the decision on dose {cycle} of {person} rested on was corrected since: decide again.")
        try:
            check_may_give_dose(decision, level, self._override(known, cycle, level, day))
        except Fault as against:
            raise Refused(str(against)) from None
        value = record(cycle=exactly(cycle, "1"), activity=activity or given.activity)
        fact = Fact(person, given.concept, value, on_day(day), source=f"dose decision, entry {signed[-1].seq}")
        check_fact(fact, self.protocol.vocabulary, self.latest_day)
        self.check_permitted(known, fact)
        return self.written([self.draft_of(by, known, fact)])[0]

    def _override(self, known: Participant, cycle: int, level: str, on: date) -> Override | None:
        """The override of this dose, made for this very day."""
        for entry in known.of("dose_overridden"):
            body = entry.body or {}
            if (body.get("cycle"), body.get("level"), body.get("on")) == (cycle, level, on.isoformat()):
                return Override(entry.reason or "", entry.actor)
        return None

    def _level(self, level: str) -> Level:
        found = self.protocol.treatment.level(level)
        if found is None:
            known = ", ".join(each.id for each in self.protocol.treatment.levels)
            raise Refused(f'The treatment has no level "{level}"; there are: {known}.')
        return found

    def _treated(self, by: str, kind: str, person: str) -> Participant:
        """The participant, once it is sure that their arm gets the treatment, and that they still may."""
        known = self.person_for(by, kind, person)
        arm = known.allocation.arm if known.allocation is not None else None
        if arm is None:
            raise Refused(f"{person} is not randomised: a dose comes after that.")
        if arm not in self.protocol.treatment.arms:
            raise Refused(f"{person} was randomised to {arm} on {day_text(known.allocation.on)}, which gets no dose.")  # pyright: ignore[reportOptionalMemberAccess]
        check_may("treat", known.standing, person)
        return known
