"""One virtual person's path through the trial: from the referral to the end, each step by the real door."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, Final, Protocol

from ..conduct.dosing import Action, DoseDecision
from ..conduct.schedule import OPEN, DueVisit
from ..dates import on_day, shifted
from ..eligibility.notation import read_fact
from ..eligibility.verdict import Outcome, Verdict
from ..facts import NOTHING, Fact, Nothing, Text, chosen, is_record, record
from ..participant.moves import Refused, Standing
from ..protocol.model import Protocol as Protocol_
from ..quantities import Quantity, exactly
from ..rules.evaluate import evaluate
from ..trial import Trial
from ..truth import TRUE
from .chance import Chance
from .people import VirtualPerson
from .rehearsal_assumptions import Found, RehearsalAssumptions
from .virtual_body import Body, Course, Happening, course_of, events_of, slipped

_MARGIN: Final = 3  # days before a deadline at which nobody is let in any more
_LATE_ENTRY: Final = 21  # days after a visit at which a late entry is made


class Stage(Protocol):
    """What a path needs of the rehearsal: the clock and the queue, the door, and what is assumed."""

    seed: str
    trial: Trial
    assumed: RehearsalAssumptions
    protocol: Protocol_
    clock: Any
    refusals: list[str]

    @property
    def today(self) -> date: ...

    def at(self, day: date, what: Callable[[], None], name: str) -> None: ...

    def at_moment(self, moment: datetime, what: Callable[[], None]) -> None: ...

    def entered(self) -> None: ...


class Path:
    """Where a virtual person is on the way, and what comes next."""

    def __init__(self, stage: Stage, virtual: VirtualPerson, site: str) -> None:
        self.stage, self.trial, self.assumed = stage, stage.trial, stage.assumed
        self.id, self.virtual, self.site = virtual.id, virtual, site
        self.coordinator, self.investigator = f"{site}-coordinator", f"{site}-investigator"
        self.pharmacist = f"{site}-pharmacist"
        self.randomised = self.finished = self.gone = self.treated = False
        self.body = Body(self.id, self.assumed, stage.seed, virtual.facts, stage.protocol.vocabulary)
        self.course: Course | None = None
        self.planned: set[str] = set()
        self.recurred = False
        self._tries = 0

    # ---------------------------------------------------------------- small things
    def chance(self, what: str) -> Chance:
        return Chance(f"{self.stage.seed}/{self.id}/{what}")

    def happens(self, share: str, what: str) -> bool:
        return self.chance(f"{share}/{what}").happens(self.assumed.share(share))

    def days(self, name: str, what: str = "") -> int:
        """A number of days between the two of an assumption."""
        low, high = self.assumed.days(name)
        return int(self.chance(f"{name}/{what}").uniform(low, high).to_integral_value(ROUND_HALF_EVEN))

    def later(self, days: int, what: Callable[[], None], name: str) -> None:
        """Plans the next step, which nobody takes who is gone by then."""
        self.on(self.stage.today + timedelta(days=days), what, name)

    def on(self, day: date, what: Callable[[], None], name: str) -> None:
        self.stage.at(day, lambda: None if self.gone else what(), f"{self.id}/{name}")

    def note(self, *facts: Fact, visit: str = "", reason: str = "", by: str = "") -> list[int]:
        """Records facts one by one, so that a refusal of one does not lose the others; the numbers of their entries."""
        written: list[int] = []
        for fact in facts:
            try:
                entries = self.trial.record(by or self.coordinator, self.id, fact, visit=visit, reason=reason)
                written += [entry.seq for entry in entries]
                self._answer_later(written[-1:])
            except Refused as refused:
                self.stage.refusals.append(str(refused))
        return written

    def _answer_later(self, entries: list[int]) -> None:
        """A question that the edit check opened is answered by the site, unless a correction comes first."""
        for query in [each for each in self.trial.state.queries.values() if each.about in entries and each.open]:
            day = self.today + timedelta(days=self.days("days_to_correction", f"query {query.entry}"))
            self.stage.at(day, lambda entry=query.entry: self._answer(entry), f"{self.id}/answer {query.entry}")

    def _answer(self, query: int) -> None:
        if self.trial.state.queries[query].open:
            self.trial.answer(self.coordinator, query, "The value is as in the source.")
            self.trial.close_query("data", query)

    @property
    def today(self) -> date:
        return self.stage.today

    # ---------------------------------------------------------------- before the randomisation
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

    def _consent(self) -> None:
        version = self.trial.state.consent_in_force(self.site, self.today)
        assert version is not None
        fact = self._found("consent", self.stage.protocol.conduct.consent, "consent form")
        assert is_record(fact.value)
        self.note(replace(fact, value=record(**{**fact.value, "version": Text(version.version)})))

    def _found(self, name: str, concept: str, source: str, day: date | None = None) -> Fact:
        """What the assumptions say is entered of this, of today or of a day."""
        return self._entered(self.assumed.found[name], concept, source, day)

    def _entered(self, found: Found, concept: str, source: str, day: date | None = None) -> Fact:
        return read_fact(
            {concept: dict(found.says), "on": day or self.today}, self.stage.protocol.vocabulary, self.id, source
        )

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

    # ---------------------------------------------------------------- visits
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
            self.later(_LATE_ENTRY, lambda: self._make_visit(due, day, "The notes were found later"), f"late {slot}")
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

    # ---------------------------------------------------------------- doses
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

    def _end_treatment(self, reason: str) -> None:
        self.treated = False
        if self.trial.person(self.id).standing in (Standing.RANDOMISED, Standing.ON_TREATMENT):
            self.trial.follow(self.coordinator, self.id, reason=reason)

    # ---------------------------------------------------------------- what happens
    def _event(self, happening: Happening) -> None:
        """An adverse event is recorded; a serious one is reported, and the sponsor goes on with it."""
        conduct, words = self.stage.protocol.conduct, self.stage.protocol.safety.event
        if words is None or not conduct.adverse_event:
            return
        ends = None if happening.lasts is None else on_day(self.today + timedelta(days=happening.lasts))
        ongoing = happening.lasts is None or happening.lasts > 0
        value = record(
            **{
                words.term: chosen(happening.event.term),
                words.grade: exactly(happening.grade, "{score}"),
                words.related: chosen("yes" if happening.event.related else "no"),
                words.serious: chosen("yes" if happening.serious else "no"),
                words.outcome: chosen("ongoing" if ongoing else "resolved"),
            }
        )
        fact = Fact(self.id, conduct.adverse_event, value, on_day(self.today), source="site")
        entries = self.note(fact, by=self.coordinator)
        if not entries:
            return
        entry = entries[0]
        if ends is not None and ongoing:
            resolved = replace(fact, value=record(**{**value, words.outcome: chosen("resolved")}), end=ends)  # pyright: ignore[reportArgumentType]
            self.stage.at(ends.first, lambda: self._resolved(entry, resolved), f"{self.id}/resolved {entry}")
        if happening.serious:
            self._serious(entry, happening)

    def _resolved(self, entry: int, fact: Fact) -> None:
        if self.trial.person(self.id).fact(entry) is None or self.trial.state.lock:
            return
        try:
            self.trial.correct(self.coordinator, self.id, entry, fact, "The event has ended")
        except Refused as refused:
            self.stage.refusals.append(str(refused))

    def _serious(self, entry: int, happening: Happening) -> None:
        aware = self.stage.clock.moment
        median, sigma = self.assumed.days("serious_report_hours")
        hours = self.chance(f"serious/{entry}").lognormal(median, sigma)
        told = aware + timedelta(minutes=int(hours * 60))
        threatening = happening.grade >= 4

        def tell() -> None:
            if self.trial.person(self.id).fact(entry) is None:
                return
            report = self.trial.report_serious(self.coordinator, self.id, entry, aware, life_threatening=threatening)
            self.trial.receive_serious("sponsor", report.seq)
            self.trial.opine("sponsor", report.seq, related=happening.event.related)
            self._submit(report.seq)

        self.stage.at_moment(told, tell)

    def _submit(self, report: int) -> None:
        """The sponsor tells whoever the running clocks name, some days later."""
        receivers = {clock.clock.to for clock in self.trial.serious_clocks() if clock.event.id == str(report)}
        for to in sorted(receivers - {"sponsor"}):
            self.stage.at(
                self.today + timedelta(days=4),
                lambda to=to: None if self.trial.state.lock else self._submitted(report, to),
                f"{self.id}/submit {report} {to}",
            )

    def _submitted(self, report: int, to: str) -> None:
        self.trial.submit_serious("sponsor", report, to)

    def _assess(self, day: date) -> None:
        """A scan: it shows the disease from the day on which it is back."""
        course = self.course
        found = course is not None and course.recurs <= day and not self.recurred
        what = "disease" if found or self.recurred else "clear"
        self.note(self._found(what, self.stage.protocol.conduct.assessment, "imaging report", day))
        if found:
            self._recur(day)

    def _recur(self, day: date) -> None:
        """The disease is back: it is recorded by the day of the imaging that shows it, and the treatment ends."""
        conduct = self.stage.protocol.conduct
        if self.recurred or self.course is None or not conduct.recurrence:
            return
        self.recurred = True
        found = self.assumed.recurrences[self.course.where]
        self.note(self._entered(found, conduct.recurrence, "imaging report", day))
        self._end_treatment("The disease has come back")
        if conduct.next_treatment:
            self.later(int(self.assumed.share("days_to_next_treatment")), self._next_treatment, "next treatment")

    def _next_treatment(self) -> None:
        self.note(self._found("next_treatment", self.stage.protocol.conduct.next_treatment, "clinic letter"))

    def _die(self) -> None:
        death = self.stage.protocol.conduct.death
        self.note(Fact(self.id, death, on_day(self.today), on_day(self.today), source="register of deaths"))
        self.finished = self.gone = True

    def _leave(self) -> None:
        assert self.course is not None
        if self.course.scope == "treatment":
            if self.treated:
                self.treated = False
                self.trial.withdraw(self.coordinator, self.id, "treatment", "No reason given")
            return
        if self.finished:
            return
        self.trial.withdraw(self.coordinator, self.id, self.course.scope, "No reason given")
        self.finished = self.gone = True

    def _lose(self) -> None:
        if self.trial.person(self.id).in_trial:
            self.trial.lose(self.coordinator, self.id, "Could not be reached for three months")
            self.finished = self.gone = True

    def _plan_end(self) -> None:
        """A while after the last visit of the follow-up has closed, the person has completed the study."""
        windows = [
            due.window.last for due in self.trial.visits(self.id)
            if due.visit is not None and due.visit.kind == "assessment" and due.window is not None
        ]  # fmt: skip
        if windows:
            self.on(max(windows) + timedelta(days=_LATE_ENTRY + 7), self._complete, "end")

    def _complete(self) -> None:
        if self.trial.person(self.id).standing is Standing.IN_FOLLOW_UP:
            self.trial.complete(self.coordinator, self.id)
        self.finished = True  # but not gone: late effects are still asked for


def _number(quantity: Quantity) -> Decimal:
    assert quantity.lo is not None
    return quantity.lo
