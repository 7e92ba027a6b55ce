"""The doses of a virtual person: values first, then what the rules say, then the infusion."""

from datetime import timedelta
from decimal import Decimal

from ..conduct.dosing import Action, DoseDecision
from ..conduct.schedule import OPEN
from ..participant.moves import Refused
from ..quantities import Quantity
from .virtual_body import events_of
from .virtual_visits import Visited


class Dosed(Visited):
    """The cycles of the treatment."""

    def _plan_dose(self) -> None:
        """The next dose: about the target of its window, or as soon as can be."""
        due = next(
            (each for each in self.trial.visits(self.id) if each.visit is not None and each.visit.kind == "treatment"
             and each.status in OPEN and each.window is not None), None,
        )  # fmt: skip
        if due is None or due.window is None:
            self._end_treatment("The treatment is over")
            return
        self.on(max(self._day_of(due), self.today + timedelta(days=1)), self._dose, f"dose {due.slot}")

    def _dose(self) -> None:
        """The day of a dose: values first, then what the rules say, then the infusion."""
        if not self.treated or self.recurred:
            return
        slot = next(
            (each for each in self.trial.visits(self.id) if each.visit is not None and each.visit.kind == "treatment"
             and each.status in OPEN), None,
        )  # fmt: skip
        if slot is None or slot.visit is None:
            self._end_treatment("The window for the dose is over")
            return
        self._consent_again()
        for fact in self._collected(slot.visit.collects, self.today, f"{slot.slot}/{self.today}"):
            self._enter(fact, slot.slot, "")
        decision = self.trial.dose(self.id)
        self.trial.decide_dose(self.investigator, self.id)
        match decision.action:
            case Action.GIVE | Action.REDUCE:
                self._give(decision)
            case Action.STOP:
                self._end_treatment(decision.headline.capitalize() + ".")
            case Action.HOLD | Action.UNDECIDED:
                self._wait(decision)

    def _give(self, decision: DoseDecision) -> None:
        """The infusion; where something is not ready or the day is over, it waits."""
        assert decision.level is not None
        try:
            if decision.timing.state in ("late", "over"):
                reason = "The person could not come earlier; a later dose is judged safe."
                self.trial.override_dose(self.investigator, self.id, decision.level.id, reason)
            self.trial.give_dose(self.pharmacist, self.id, decision.level.id)
        except Refused as refused:
            self.stage.refusals.append(str(refused))
            self._wait(decision)
            return
        full = self.stage.protocol.treatment.levels[0].activity
        share = _number(decision.level.activity) / _number(full)
        self.body.dosed(self.today, share)
        number = decision.cycle.number
        for happening in events_of(self.id, self.assumed, self.stage.seed, self.today, number, share):
            self.on(happening.on, lambda it=happening: self._event(it), f"event {number} {happening.event.term}")
        if number == len(self.stage.protocol.treatment.cycles):
            self._end_treatment("All doses were given")
        else:
            self._plan_dose()
        self._plan_visits()

    def _wait(self, decision: DoseDecision) -> None:
        """A dose that is held is asked for again, until its last day is over."""
        last = decision.timing.extended or decision.timing.latest
        days = int(self.assumed.share("days_between_rechecks"))
        if last is None or self.today + timedelta(days=days) > last.last:
            self._end_treatment("The dose could not be given in time")
        else:
            self.later(days, self._dose, "dose again")


def _number(quantity: Quantity) -> Decimal:
    assert quantity.lo is not None
    return quantity.lo
