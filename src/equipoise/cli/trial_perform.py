"""One verb with what it is told -> the door."""

from collections.abc import Mapping
from typing import Any

from ..faults import Fault
from ..participant.moves import Refused
from ..trial import Trial
from .trial_facts import Stated, in_place_of
from .trial_verbs import Verb


def perform(trial: Trial, verb: Verb, by: str, values: Mapping[str, Any]) -> None:
    """Does it, in the name of the user. values: what the door's method takes, by its names, as far as it was told.

    Raises Refused, and Fault for an entry that is not there.
    """
    match verb.name:
        case "record":
            _record(trial, by, **values)
        case "correct":
            _correct(trial, by, **values)
        case "lock":
            trial.lock(by, _waived(trial, values.get("waivers", {})))
        case "visit":
            trial.visit(by, **{"slot": "", **values})  # without a slot it is one that the schedule lacks
        case _:
            getattr(trial, verb.method)(by, **values)


def _record(trial: Trial, by: str, person: str, facts: tuple[Stated, ...] = (), **beside: str) -> None:
    if not facts:
        raise Fault("Name at least one fact: 'haemoglobin = 12.3 g/dL', or a file of them.")
    trial.record(by, person, *(stated.fact for stated in facts), **beside)


def _correct(trial: Trial, by: str, person: str, entry: int, fact: Stated, reason: str) -> None:
    """The correction is of the day of what it corrects, unless it says another."""
    trial.catch_up()
    old = trial.person(person).fact(entry)
    trial.correct(by, person, entry, fact.fact if old is None else in_place_of(old, fact), reason)


def _waived(trial: Trial, stated: Mapping[str, str]) -> dict[str, str]:
    """The open points by their whole sentences. Raises Refused where a beginning fits none of them, or several."""
    trial.catch_up()
    points = trial.open_points()
    waived: dict[str, str] = {}
    for beginning, why in stated.items():
        if not beginning.strip():
            raise Refused("--waive: an open point is named by its sentence, or by how it begins.")
        meant = [point for point in points if point.startswith(beginning)]
        if len(meant) != 1:
            found = f"{len(meant)} open points begin" if meant else "no open point begins"
            raise Refused(f'--waive: {found} with "{beginning}": copy the sentence of one.')
        waived[meant[0]] = why
    return waived
