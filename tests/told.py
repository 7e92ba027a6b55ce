"""A small trial whose story is told: eight people, each of whom shows something that the pictures must show.

    state = played().trial.state

P1, P2 and P5 are in the arm without treatment, P3, P4 and P6 in the other. P3 is given one dose, late and by an
override, and has a serious event that was told too late. P4 has a recurrence and dies, P5 withdraws, P6 is lost, P7
fails the screening, P8 only consents. A question was asked about P1 and closed, and a value of P2 corrected.
"""

from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Final

from tests.running import Running, fact, opened

from equipoise.ledger.store import Store
from equipoise.participant.moves import Standing
from equipoise.participant.record import number_of
from equipoise.quantities import exactly

START: Final = date(2026, 4, 1)
ON: Final = date(2027, 3, 1)
RANDOMISED: Final = ("P1", "P2", "P3", "P4", "P5", "P6")


def play(running: Running) -> Running:
    """Plays the trial through its door, day by day."""
    trial, clock = running.trial, running.clock
    for number, person in enumerate(RANDOMISED):
        running.bring(person, Standing.RANDOMISED, START + timedelta(days=14 * number))
    running.bring("P7", Standing.SCREENED, date(2026, 6, 20), fact(date(2026, 6, 20), platelets="60 10*9/L"))
    running.bring("P8", Standing.CONSENTED, date(2026, 6, 25))
    _late_dose(running, "P3")
    for person in RANDOMISED:
        if person != "P3":
            trial.follow("site", person)
    clock.reach(date(2026, 9, 1))
    for person in ("P1", "P2"):
        trial.visit("site", person, "follow_up.1", date(2026, 7, 10), done=person == "P1", reason="on a journey")
    _serious_event(running)
    clock.reach(date(2026, 10, 1))
    trial.record("site", "P4", fact(date(2026, 9, 20), recurrence={"liver": "yes", "confirmed": "yes"}))
    trial.withdraw("site", "P5", "all", "too far to travel", date(2026, 9, 28))
    trial.lose("site", "P6", "no answer to three letters", date(2026, 9, 10))
    clock.reach(date(2026, 12, 1))
    trial.record("site", "P4", fact(date(2026, 11, 30), death=date(2026, 11, 30)))
    _question(running)
    clock.reach(ON)
    return running


def _late_dose(running: Running, person: str) -> None:
    """A first dose after the last day of its window."""
    index = running.trial.protocol.conduct.index
    resected = running.trial.person(person).of_concept(index)[-1].when.first
    day = max(resected + timedelta(days=75), date(2026, 7, 1))
    running.clock.reach(day)
    running.trial.decide_dose("investigator", person)
    running.trial.override_dose("investigator", person, "full", "the product came late", day)
    running.trial.give_dose("pharmacist", person, "full", day)


def _serious_event(running: Running) -> None:
    trial = running.trial
    event = fact(
        date(2026, 8, 30),
        adverse_event={"term": "infection", "grade": "3", "related": "no", "serious": "yes", "outcome": "resolved"},
    )
    mild = fact(date(2026, 8, 1), adverse_event={"term": "fatigue", "grade": "1", "related": "no", "serious": "no"})
    entries = trial.record("site", "P3", event, mild)
    report = trial.report_serious("site", "P3", entries[0].seq)
    running.clock.wait(timedelta(hours=40))
    trial.receive_serious("sponsor", report.seq)


def _question(running: Running) -> None:
    trial = running.trial
    known = trial.person("P1").of_concept("platelets")[-1]
    question = trial.ask("monitor", "P1", number_of(known), "Please check against the source.")
    running.clock.wait(timedelta(days=5))
    trial.answer("site", question.seq, "It is right.")
    trial.close_query("data", question.seq)
    old = trial.person("P2").of_concept("platelets")[-1]
    trial.correct("site", "P2", number_of(old), replace(old, value=exactly("201", "10*9/L")), "typing error")


@cache
def played() -> Running:
    """The trial, played once."""
    return play(opened())


def play_into(store: Store) -> Running:
    """The same in a store of your own."""
    return play(opened(store=store))
