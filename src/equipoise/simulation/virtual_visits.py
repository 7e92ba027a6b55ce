"""The visits of a virtual person: about their target, missed, late, mistyped, and what is found at them."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

from ..conduct.schedule import OPEN, DueVisit
from ..eligibility.notation import read_fact
from ..facts import Fact
from ..participant.moves import Refused
from ..rules.evaluate import evaluate
from ..truth import TRUE
from .virtual_body import slipped
from .virtual_fate import LATE_ENTRY, Fate


class Visited(Fate):
    """The visits of the schedule."""

    def _plan_visits(self) -> None:
        """Plans every visit that has a window by now and is not planned yet."""
        for due in self.trial.visits(self.id):
            visit = due.visit
            open_ = visit is not None and due.window is not None and due.status in OPEN
            if (
                not open_
                or visit is None
                or due.window is None
                or due.slot in self.planned
                or visit.kind == "treatment"
            ):
                continue
            self.planned.add(due.slot)
            if due.window.last < self.today:
                continue
            day = self._day_of(due)
            self.on(day, lambda slot=due.slot: self._visit(slot), f"visit {due.slot}")

    def _day_of(self, due: DueVisit) -> date:
        """A day about the target, mostly within the window."""
        window = due.window
        assert window is not None
        late = self.happens("late_visit", due.slot)
        reach = Decimal(min((window.target - window.first).days, (window.last - window.target).days))
        off = self.chance(f"day/{due.slot}").normal(Decimal(0), reach / 3 or Decimal(1))
        day = window.target + timedelta(days=int(off.to_integral_value(ROUND_HALF_EVEN)))
        day = min(max(day, window.first), window.last)
        over = int(self.chance(f"over/{due.slot}").uniform(Decimal(1), Decimal(14)))
        return max(window.last + timedelta(days=over) if late else day, self.today)

    def _visit(self, slot: str) -> None:
        """A visit of the follow-up: made, missed, or entered late; with it what is found."""
        due = next((each for each in self.trial.visits(self.id) if each.slot == slot), None)
        if due is None or due.status not in OPEN:
            return
        if self.happens("missed_visit", slot):
            self.trial.visit(self.coordinator, self.id, slot, self.today, done=False, reason="The person did not come")
        elif self.happens("late_entry", slot):
            day = self.today
            self.later(LATE_ENTRY, lambda: self._make_visit(due, day, "The notes were found later"), f"late {slot}")
        else:
            self._make_visit(due)
        self._plan_visits()

    def _make_visit(self, due: DueVisit, day: date | None = None, reason: str = "") -> None:
        """Records a visit of a day, and what it collects."""
        when = day or self.today
        try:
            self.trial.visit(self.coordinator, self.id, due.slot, when, reason=reason)
        except Refused as refused:
            self.stage.refusals.append(str(refused))
            return
        self._consent_again()
        assert due.visit is not None
        for fact in self._collected(due.visit.collects, when, due.slot):
            self._enter(fact, due.slot, reason)
        if self.stage.protocol.conduct.assessment in due.visit.collects:
            self._assess(when)

    def _consent_again(self) -> None:
        if self.randomised and self.id in self.trial.to_consent_again(self.today):
            self._consent()

    def _collected(self, concepts: Iterable[str], day: date, slot: str) -> Iterable[Fact]:
        """What a visit finds out: laboratory values, and the answers that the assumptions give."""
        labs = [name for name in concepts if name in self.assumed.labs]
        lost = labs[-1] if labs and self.happens("lost_sample", slot) else ""
        vocabulary = self.stage.protocol.vocabulary
        for name in concepts:
            if name in self.assumed.labs and name != lost:
                yield self.body.value(name, day)
            answer = self.assumed.answers.get(name)
            if answer is None:
                continue
            case = self.trial.case(self.id, day)
            if answer.rule is not None and evaluate(answer.rule, case).truth is not TRUE:
                continue
            says = answer.says if answer.says is not None else self.chance(f"{name}/{slot}").pick(answer.weights)
            stated = says if vocabulary[name].kind != "quantity" else f"{says} {vocabulary[name].unit}"
            yield read_fact({name: stated, "on": day}, vocabulary, self.id, "virtual visit")

    def _enter(self, fact: Fact, slot: str, reason: str) -> None:
        """Enters a value; now and then with a slip of the keyboard, which is corrected later."""
        # By the day as well: a dose that is held is asked for again, and a slip does not repeat itself.
        slips = fact.concept in self.assumed.labs and self.happens("misentry", f"{slot}/{fact.concept}/{fact.when}")
        entries = self.note(slipped(fact) if slips else fact, visit=slot, reason=reason)
        if slips and entries:
            days = self.days("days_to_correction", f"{slot}/{fact.concept}")
            self.stage.at(
                self.today + timedelta(days=days),
                lambda: self._correct(entries[0], fact),
                f"{self.id}/correct {slot} {fact.concept}",
            )

    def _correct(self, entry: int, fact: Fact) -> None:
        known = self.trial.person(self.id)
        if known.fact(entry) is None or self.trial.state.lock:
            return
        self.trial.correct(self.coordinator, self.id, entry, fact, "A slipped decimal point")
        for query in [each for each in self.trial.state.queries.values() if each.about == entry and each.open]:
            self.trial.answer(self.coordinator, query.entry, "Corrected.")
            self.trial.close_query("data", query.entry)
