"""A small trial with locked data, whose analysis is tried: told.py's eight people, with scans and more recurrences.

    report = report_of(locked().trial.state, locked().trial.protocol, ON)

P2 (without treatment) has its disease back, confirmed, in the liver; P4 (with it) as well, and dies; all others have a
scan without disease.
"""

from datetime import date
from functools import cache
from typing import Final

from tests.running import Running, fact, opened
from tests.told import RANDOMISED, play

from equipoise.ledger.store import Store

ON: Final = date(2027, 3, 1)
RECURRED: Final = {"P2": date(2026, 11, 2), "P4": date(2026, 9, 20)}


def scanned(running: Running) -> Running:
    """A scan for everybody who is in the trial, and one more recurrence."""
    trial = running.trial
    for person in ("P1", "P2", "P3"):
        trial.record("site", person, fact(date(2026, 10, 5), disease_assessment={"result": "no_disease"}))
    trial.record("site", "P2", fact(RECURRED["P2"], recurrence={"liver": "yes", "confirmed": "yes"}))
    return running


def lock(running: Running) -> Running:
    """Locks the data; whatever is still open is waived."""
    trial = running.trial
    trial.lock("data", {point: "a test ends here" for point in trial.open_points()})
    return running


def play_open(store: Store | None = None) -> Running:
    """The trial before its lock."""
    return scanned(play(opened(store=store)))


@cache
def unlocked() -> Running:
    return play_open()


@cache
def locked() -> Running:
    return lock(play_open())


EVERYBODY: Final = RANDOMISED
