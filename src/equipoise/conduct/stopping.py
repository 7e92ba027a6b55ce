"""The people of an arm -> where a stopping rule stands: how many count, how many had the event, stop or not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from ..concepts import Vocabulary
from ..dates import shifted
from ..facts import Fact
from ..protocol.safety import Stopping
from ..quantities import decimal_text
from ..rules.case import Case, build_case
from ..rules.evaluate import evaluate
from ..truth import FALSE, TRUE
from .boundary import Boundary, Method, bayesian_boundary, exact_boundary, exceeds, looks_at


def boundary_of(stopping: Stopping, method: Method = "bayes") -> Boundary:
    """The boundary that the rule lays down: by its prior and cutoff, or exact by its alpha."""
    looks = looks_at(stopping.first, stopping.every, stopping.most)
    acceptable = float(stopping.acceptable)
    if method == "exact":
        return exact_boundary(looks, acceptable, float(stopping.alpha))
    prior = float(stopping.prior[0]), float(stopping.prior[1])
    return bayesian_boundary(looks, acceptable, prior, float(stopping.cutoff))


@dataclass(frozen=True, slots=True)
class Tally:
    """The people of an arm against a stopping rule, by their identifiers.

    having: had the event. without: followed long enough without it. pending: without it so far, not yet followed long
    enough. unclear: at risk, but the records do not tell. Whoever was never at risk is in none of them.
    """

    having: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()

    @property
    def events(self) -> int:
        return len(self.having)

    @property
    def people(self) -> int:
        """How many count: with the event at once, without it once followed long enough."""
        return len(self.having) + len(self.without)


def tally(stopping: Stopping, people: Mapping[str, Iterable[Fact]], vocabulary: Vocabulary, on: date) -> Tally:
    """Where each of these people (identifier -> facts; those of the rule's arm) stands on that day."""
    found: dict[str, list[str]] = {"having": [], "without": [], "pending": [], "unclear": []}
    for person, facts in people.items():
        place = _place(stopping, build_case(facts, on, vocabulary))
        if place:
            found[place].append(person)
    return Tally(**{place: tuple(members) for place, members in found.items()})


def _place(stopping: Stopping, case: Case) -> str:
    began, facts = case.when(stopping.moment)
    if began is None:
        return "unclear" if facts else ""  # a doubtful dose is no proof that there was none
    truth = evaluate(stopping.rule, case).truth
    if truth is TRUE:
        return "having"
    if truth is FALSE:
        return "without" if shifted(began.hi, stopping.within) <= case.today else "pending"
    return "unclear"


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether to stop, by the rule's own words. chance: P(rate > acceptable) by what was seen.

    could: the rule would say stop if everybody unclear had had the event.
    """

    stopping: Stopping
    tally: Tally
    chance: float
    stop: bool
    could: bool
    sentence: str


def decide(stopping: Stopping, counted: Tally) -> Decision:
    """Stop when P(rate > acceptable) is above the cutoff, from the first look on. Between looks nothing is decided."""
    looks = looks_at(stopping.first, stopping.every, stopping.most)
    people, events, unclear = counted.people, counted.events, len(counted.unclear)
    chance = _chance(stopping, events, people)
    stop = people in looks and chance > float(stopping.cutoff)
    worst = _chance(stopping, events + unclear, people + unclear)
    could = stop or (people + unclear >= stopping.first and worst > float(stopping.cutoff))
    said = f"{stopping.label}: {events} of {people} people had it; the chance that its rate is above "
    said += f"{_percent(stopping)} is {chance:.3f}, with {decimal_text(stopping.cutoff)} as the cutoff"
    if stop:
        said += ": stop dosing and call the safety board"
    elif people not in looks:
        following = next((look for look in looks if look > people), None)
        said += f": the next look is after {following} people" if following else ": the last look is over"
    else:
        said += ": go on"
    if unclear and not stop:
        said += f"; {unclear} more cannot be told" + (
            ", and they could bring it to a stop: settle them" if could else ""
        )
    return Decision(stopping, counted, chance, stop, could, f"{said}.")


def _chance(stopping: Stopping, events: int, people: int) -> float:
    prior = float(stopping.prior[0]), float(stopping.prior[1])
    return exceeds(float(stopping.acceptable), prior, events, people)


def _percent(stopping: Stopping) -> str:
    return f"{decimal_text((stopping.acceptable * 100).normalize())} %"
