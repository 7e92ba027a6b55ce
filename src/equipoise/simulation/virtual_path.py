"""One virtual person's path through the trial: from the referral to the end, each step by the real door."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from ..conduct.schedule import DueVisit
from ..dates import on_day, shifted
from ..eligibility.verdict import Outcome, Verdict
from ..facts import NOTHING, Fact, Nothing
from ..participant.moves import Refused
from .virtual_body import Course, course_of, events_of
from .virtual_doses import Dosed

_MARGIN: Final = 3  # days before a deadline at which nobody is let in any more


class Path(Dosed):
    """The way into the trial; what comes after it is in the rooms below."""

    def begin(self) -> None:
        """Somebody is referred: the records are read, and whoever has nothing against it is asked."""
        conduct = self.stage.protocol.conduct
        self.trial.identify(self.coordinator, self.id)
        own = {conduct.consent, conduct.study_procedure}
        self.note(*(fact for fact in self.virtual.facts if fact.concept not in own))
        self.consider()

    def consider(self) -> None:
        """Is it worth asking? Who is excluded for good is not; who will not be within weeks is asked then."""
        verdict = self.trial.verdict(self.id)
        if verdict.outcome is Outcome.INELIGIBLE:
            opens = self._opens(verdict)
            if opens is None:
                self._exclude("not_eligible")
            else:
                self.on(opens - timedelta(days=min(7, (opens - self.today).days)), self.talk, "talk")
            return
        self.later(self.days("days_to_talk"), self.talk, "talk")

    def _opens(self, verdict: Verdict) -> date | None:
        """The first day soon on which nothing stands against it any more; None when there is none."""
        for step in verdict.changes:
            if step.outcome is not Outcome.INELIGIBLE:
                soon = (step.on - self.today).days <= self.assumed.share("days_to_wait")
                return step.on if soon else None
        return None

    def _exclude(self, why: str, reason: str = "") -> None:
        self.trial.exclude(self.coordinator, self.id, why, reason)
        self.finished = self.gone = True

    def too_late(self) -> None:
        """Recruitment has ended: who is not in yet does not enter."""
        if not self.randomised and not self.finished:
            self._exclude("other", "Recruitment has ended")

    def talk(self) -> None:
        if self.happens("declines", "talk"):
            self._exclude("declined")
            return
        self._consent()
        self.later(self.days("days_to_screening"), self.screen, "screening")

    def screen(self) -> None:
        """The screening visit: values are taken, statements asked again, the verdict stored."""
        verdict = self.trial.verdict(self.id)
        opens = self._opens(verdict)
        if verdict.outcome is Outcome.INELIGIBLE and opens is not None and opens > self.today:
            self.on(opens, self.screen, "screening")
            return
        if self._too_late_for_a_deadline():
            self._exclude("other", "What is due after entry would no longer fit its days")
            return
        for slot in self._slots_before_entry():
            self._make_visit(slot)
        self._renew_statements()
        self._settle()

    def _settle(self) -> None:
        self._tries += 1
        verdict = self.trial.verdict(self.id)
        if verdict.outcome is Outcome.INELIGIBLE and self._enter_wrongly(verdict):
            verdict = self.trial.verdict(self.id)
        self.trial.screen(self.coordinator, self.id)
        if verdict.outcome is Outcome.ELIGIBLE:
            self.trial.sign_eligible(self.investigator, self.id)
            self._randomise()
        elif verdict.outcome is Outcome.INELIGIBLE:
            self._exclude("not_eligible")
        elif self._tries < 2:
            self.later(7, self.screen, "screening again")
        else:
            self._exclude("other", "A criterion could not be judged in time")

    def _slots_before_entry(self) -> list[DueVisit]:
        """The visits of the schedule that come before the randomisation and may be made today."""
        return [due for due in self.trial.visits(self.id) if due.status == "in window" and due.slot not in self.planned]

    def _too_late_for_a_deadline(self) -> bool:
        """Is the last day of a deadline of the protocol (the first dose) over, or nearly?"""
        case = self.trial.case(self.id, self.today)
        soon = self.today.toordinal() + _MARGIN
        spans = [(case.when(each.moment)[0], each.within) for each in self.stage.protocol.deadlines]
        return any(span is not None and shifted(span.hi, within) < soon for span, within in spans)

    def _renew_statements(self) -> None:
        """A statement of "none" that holds for a time only is asked for again."""
        vocabulary = self.stage.protocol.vocabulary
        for fact in self.trial.person(self.id).facts:
            old = isinstance(fact.value, Nothing) and vocabulary[fact.concept].holds is not None
            if old and fact.when.hi < self.today.toordinal():
                self.note(
                    Fact(self.id, fact.concept, NOTHING, on_day(self.today), source="asked again", reported="none")
                )

    def _enter_wrongly(self, verdict: Verdict) -> bool:
        """At times the one value that excludes somebody is entered wrongly, and the monitor finds it much later."""
        against = [each for each in verdict.judgements if each.against]
        facts = against[0].evidence if len(against) == 1 else ()
        if len(facts) != 1 or facts[0].concept not in self.assumed.labs or not self.happens("wrong_at_entry", "entry"):
            return False
        lab = self.assumed.labs[facts[0].concept]
        wrong = self.body.measured(lab, lab.median, self.today)
        true = self.body.measured(lab, self.body.levels[lab.concept], self.today)
        if any(fact.concept == lab.concept and fact.when == wrong.when for fact in self.trial.person(self.id).facts):
            return False
        (entry,) = self.note(wrong)
        self.stage.at(
            self.today + timedelta(days=90),
            lambda: self._found_by_monitor(entry, true),
            f"{self.id}/monitor",
        )
        return True

    def _found_by_monitor(self, entry: int, true: Fact) -> None:
        """Source verification: the source says otherwise; the site corrects, and gives the reason."""
        trial = self.trial
        query = trial.ask("monitor", self.id, entry, "The source document says otherwise.")
        trial.correct(self.coordinator, self.id, entry, true, "Entered from another patient's printout.")
        trial.answer(self.coordinator, query.seq, "Corrected from the source.")
        trial.close_query("monitor", query.seq)

    def _randomise(self) -> None:
        """Allocation; from here on everything is counted from what really happened."""
        try:
            allocation = self.trial.randomise(self.coordinator, self.id)
        except Refused as refused:
            self.stage.refusals.append(str(refused))
            self._exclude("other", "The strata could not be told")
            return
        self.randomised = True
        protocol = self.stage.protocol
        self.treated = allocation.arm in protocol.treatment.arms
        self.course = course_of(self.id, self.assumed, self.stage.seed, self.today, self.treated)
        self._plan_course(self.course)
        for happening in events_of(self.id, self.assumed, self.stage.seed, self.today, 0, Decimal(1)):
            self.on(happening.on, lambda it=happening: self._event(it), f"event {happening.event.term}")
        if not self.treated:
            self.trial.follow(self.coordinator, self.id, reason="No treatment in this arm")
        else:
            self._plan_dose()
        self._plan_visits()
        self._plan_end()
        self.stage.entered()

    def _plan_course(self, course: Course) -> None:
        self.on(course.dies, self._die, "death")
        self.on(course.leaves, self._leave, "withdrawal")
        self.on(course.lost, self._lose, "loss")
        if course.shows:
            self.on(course.recurs, lambda: self._recur(self.today), "recurrence")
