"""Somebody made up for the tests of outcomes, in the notation of worked cases."""

from datetime import date
from typing import Final

from equipoise.analysis.endpoints import row_of
from equipoise.analysis.outcome_cases import OutcomeCase, person_of, read_outcome_cases
from equipoise.analysis.rows import Row
from equipoise.participant.record import Participant
from equipoise.protocol.load import load_trial

NELMAS: Final = load_trial("nelmas")
RANDOMISED: Final = date(2026, 3, 2)
CUT: Final = date(2029, 6, 1)
RESECTION: Final = '{ liver_resection = { residual = "R0" }, on = 2026-01-19 }'


def clear(on: str) -> str:
    """A scan without disease."""
    return f'{{ disease_assessment = {{ result = "no_disease" }}, on = {on} }}'


def recurrence(on: str, liver: str = "yes", confirmed: str = "yes") -> str:
    return f'{{ recurrence = {{ liver = "{liver}", confirmed = "{confirmed}" }}, on = {on} }}'


def case(*facts: str, acts: str = "", arm: str = "Arm 1", cut: date = CUT) -> OutcomeCase:
    text = (
        f'about = "x"\nrandomised = {RANDOMISED}\ncut = {cut}\narm = "{arm}"\n[[case]]\ntitle = "x"\n'
        f"facts = [{', '.join([RESECTION, *facts])}]\nacts = [{acts}]\nos = {{ event = 'censored' }}\n"
    )
    return read_outcome_cases(NELMAS, {"x.toml": text.encode()})[0]


def person(*facts: str, acts: str = "", arm: str = "Arm 1") -> Participant:
    return person_of(NELMAS, case(*facts, acts=acts, arm=arm))


def row(endpoint: str, *facts: str, acts: str = "", cut: date = CUT, arm: str = "Arm 1", blind: bool = False) -> Row:
    known = person(*facts, acts=acts, arm=arm)
    return row_of(NELMAS, known, NELMAS.analysis.endpoint(endpoint), cut, blind)
