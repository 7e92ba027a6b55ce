"""What a prediction believes before the data, by the trial's own design; and the numbers that the design needs."""

from collections.abc import Mapping
from datetime import date
from math import inf, log
from typing import Final, NamedTuple

import numpy as np

from ...analysis.design.events import ratio_of_survivals, schoenfeld_events
from ...analysis.kernels import Floats
from ...analysis.prediction import Believed, Seen
from ...dates import day_text, on_day
from ...faults import Fault
from ...participant.state import State
from ...protocol.analysis import DAYS_A_YEAR
from ...protocol.design_plan import Stated
from ...protocol.model import Protocol
from ...recruitment.accrual import LookAhead, Plan, look_ahead
from ...recruitment.accrual_belief import Recruited
from ...recruitment.sites import DAYS_A_MONTH, Site

_PIECES: Final = (12.0, 24.0)  # months: the hazard of a recurrence falls, so that one rate for all would mislead
_UNLIKE: Final = 1.0  # how unlike sites are before anybody came from them: coefficient of variation


class Assumption(NamedTuple):
    """Something that a prediction rests on, as words, and where it is from."""

    what: str
    value: str
    source: str


# ---------------------------------------------------------------- recruitment
def sites_ahead(
    state: State, trial: Protocol, opened: Mapping[str, date], on: date, target: int
) -> LookAhead:  # fmt: skip
    """What is believed of the sites' rates: gamma with the planned rate as its mean, after what they recruited."""
    sites = {name: day for name, day in opened.items() if day <= on}
    entered = {name: 0 for name in sites}
    for known in state.randomised:
        if known.allocation is not None and known.allocation.on <= on and known.site in entered:
            entered[known.site] += 1
    accrual = trial.design.settings.get("accrual")
    planned = target / accrual.number if accrual is not None and accrual.number > 0 else 1.0
    each = planned / max(len(sites), 1)
    made = [Site(name, on_day(day), each, _UNLIKE, state.sites.get(name)) for name, day in sites.items()]
    if not made:
        raise Fault(f"No site was open by {day_text(on)}: there is nothing to monitor yet.")
    return look_ahead(Plan(tuple(made), target), on, Recruited(entered))


def further_entries(ahead: LookAhead, draws: int, chance: np.random.Generator) -> Floats:
    """(draws, people still wanted): the days on which they enter, at sites that are open; infinite for never."""
    day = ahead.on.toordinal()
    open_ = np.array([site.last_day > day for site in ahead.plan.sites])
    belief = ahead.belief
    rates = chance.gamma(belief.shapes, 1 / belief.rates[0], (draws, len(open_))) @ open_
    waits = chance.standard_exponential((draws, ahead.remaining))
    with np.errstate(divide="ignore"):
        apart = np.where(rates > 0, DAYS_A_MONTH / np.where(rates > 0, rates, 1.0), inf)
    return day + np.cumsum(waits, axis=1) * apart[:, None] if ahead.remaining else np.empty((draws, 0))


# ---------------------------------------------------------------- what is believed
def believed_of(trial: Protocol, seen: Seen) -> tuple[Believed, list[Assumption]]:
    """Before the data: the design's own shares without an event and its loss, each worth one event."""
    published, settings, ours = trial.design.published, trial.design.settings, f"ours, not from {trial.acronym}"
    assumed = [
        Assumption(
            "pieces of the hazard", "to 12, to 24 months, and later; each worth one event before the data", ours
        ),
        Assumption("sites", "as unlike as a coefficient of variation of 1; no start-up, no season", ours),
    ]
    if {"control", "experimental", "at"} <= published.keys():
        free = (published["control"].number + published["experimental"].number) / 2
        at = published["at"].number
        rate = -log(free) / (at * DAYS_A_MONTH)
        told = f"{100 * free:.1f} % without an event at {at:g} months, both arms together"
        assumed.append(Assumption("rate of events before the data", told, from_words(published["control"], trial)))
    elif seen.time.sum() > 0 and seen.events:
        rate = seen.events / float(seen.time.sum())
        assumed.append(Assumption("rate of events before the data", "that of the data themselves", ours))
    else:
        raise Fault("There is no event yet, and design.toml states no share without one: nothing can be predicted.")
    loss = settings.get("loss")
    lost = -log(1 - loss.number) / DAYS_A_YEAR if loss is not None else 0.0
    if loss is not None:
        assumed.append(
            Assumption("lost in a year before the data", f"{100 * loss.number:g} %", from_words(loss, trial))
        )
    followed = settings.get("followup")
    longest = followed.number * DAYS_A_MONTH if followed is not None else inf
    if followed is not None:
        assumed.append(
            Assumption("follow-up of each person", f"{followed.number:g} months", from_words(followed, trial))
        )
    return Believed(rate, lost, tuple(piece * DAYS_A_MONTH for piece in _PIECES), 1.0, longest), assumed


def from_words(stated: Stated, trial: Protocol) -> str:
    return f"ours, not from {trial.acronym}" if stated.ours else stated.source


def alpha_of(trial: Protocol) -> float:
    """The one-sided error of the design: 2.5 % where none is stated."""
    alpha, sides = trial.design.settings.get("alpha"), trial.design.settings.get("sides")
    if alpha is None:
        return 0.025
    return alpha.number / (sides.number if sides is not None else 2)


def effect_of(trial: Protocol) -> float | None:
    """The hazard ratio of the design, by its shares without an event."""
    published = trial.design.published
    if not {"control", "experimental"} <= published.keys():
        return None
    return ratio_of_survivals(published["control"].number, published["experimental"].number)


def needed_by(trial: Protocol) -> int:
    """The events that the design needs: as its last look says, else by Schoenfeld's formula; 0 where neither tells."""
    last = trial.analysis.looks[-1]
    if last.events is not None:
        return last.events
    effect, power = effect_of(trial), trial.design.settings.get("power")
    if effect is None or power is None:
        return 0
    return int(-(-schoenfeld_events(effect, alpha_of(trial), power.number) // 1))
