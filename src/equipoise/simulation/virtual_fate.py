"""What happens to a virtual person: adverse events, the disease, withdrawal, loss, death, the end."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from ..dates import on_day
from ..facts import Fact, chosen, record
from ..participant.moves import Refused, Standing
from ..quantities import exactly
from .virtual_body import Happening
from .virtual_walk import Walk

LATE_ENTRY: Final = 21  # days after a visit at which a late entry is made


class Fate(Walk):
    """What the body and the person do; the site writes it down."""

    def _end_treatment(self, reason: str) -> None:
        self.treated = False
        if self.trial.person(self.id).standing in (Standing.RANDOMISED, Standing.ON_TREATMENT):
            self.trial.follow(self.coordinator, self.id, reason=reason)

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
            self.on(max(windows) + timedelta(days=LATE_ENTRY + 7), self._complete, "end")

    def _complete(self) -> None:
        if self.trial.person(self.id).standing is Standing.IN_FOLLOW_UP:
            self.trial.complete(self.coordinator, self.id)
        self.finished = True  # but not gone: late effects are still asked for
