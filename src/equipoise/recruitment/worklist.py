"""Whom to look at today, the most urgent first: what is to be found, whom to ask, and how many days are left."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal, NamedTuple

from ..dates import EARLIEST, Span, shifted
from ..eligibility.verdict import Outcome, Step, Verdict
from ..protocol.model import Deadline, Protocol
from ..rules.case import Case
from ..rules.evaluate import evaluate
from ..rules.turning import turning_points
from ..truth import TRUE

# Why somebody is not on the list. no_sign: the trial's [sign] is not known to hold of them.
Passed = Literal["no_sign", "ineligible", "too_late"]
# The order of those with as many days left.
_RANKS: Final = {Outcome.ELIGIBLE: 0, Outcome.UNDETERMINED: 2, Outcome.INELIGIBLE: 3}
_FAR: Final = date.max.toordinal()
_AHEAD: Final = 366  # days; a birthday years ahead that will bar entry does not press


class Due(NamedTuple):
    """The first and the last day of a deadline of one person; several days each, where its moment is not exact."""

    deadline: Deadline
    first: Span
    last: Span


@dataclass(frozen=True, slots=True)
class Item:
    """One person on the list.

    dues: the trial's deadlines whose moment is on record. opens: for somebody who cannot enter yet, the day from which
    nothing stands against it, by itself. closes: the last day on which there is surely still time (an ordinal): that of
    a deadline, or the day before something begins to stand against entering; None where nothing closes.
    """

    verdict: Verdict = field(repr=False)
    site: str
    dues: tuple[Due, ...]
    opens: Step | None
    closes: int | None

    @property
    def person(self) -> str:
        return self.verdict.person

    @property
    def days_left(self) -> int | None:
        """Days from the day of the list to the one that closes; 0: that is today. Below 0: perhaps too late already."""
        return None if self.closes is None else self.closes - self.verdict.on.toordinal()

    @property
    def next_change(self) -> Step | None:
        """The next day on which the verdict changes by itself, if nothing new is learned."""
        return self.verdict.changes[0] if self.verdict.changes else None


@dataclass(frozen=True, slots=True)
class Worklist:
    """Today's list for a trial, the most urgent first, and how many people were passed over for which reason."""

    trial: Protocol = field(repr=False)
    on: date
    items: tuple[Item, ...]
    passed: Mapping[Passed, int]
    synthetic: bool = False


def worklist(
    trial: Protocol,
    on: date,
    verdicts: Iterable[Verdict],
    sites: Mapping[str, str] | None = None,
    synthetic: bool = False,
) -> Worklist:
    """Everybody who is eligible, or has a chance to be: undetermined, or against whom something stands only for now.

    Left out are those of whom the trial's sign of the disease is not known to hold, and those whose time is surely
    over. sites: person -> site.
    """
    places = {} if sites is None else sites
    items: list[Item] = []
    passed: Counter[Passed] = Counter()
    for verdict in verdicts:
        found = item_of(verdict, places.get(verdict.person, ""))
        if isinstance(found, Item):
            items.append(found)
        else:
            passed[found] += 1
    return Worklist(trial, on, tuple(sorted(items, key=_urgency)), passed, synthetic)


def item_of(verdict: Verdict, site: str = "") -> Item | Passed:
    """One person's item; or why they are not on the list."""
    trial, case = verdict.trial, verdict.case
    if trial.sign is not None and evaluate(trial.sign, case).truth is not TRUE:
        return "no_sign"
    dues = tuple(due for deadline in trial.deadlines if (due := due_of(deadline, case)) is not None)
    late = any(due.last.hi < case.today for due in dues)
    if verdict.outcome is not Outcome.INELIGIBLE:
        return "too_late" if late else Item(verdict, site, dues, None, _closes(verdict, dues))
    opens = None if late else _opens(verdict)
    if opens is None or any(due.last.hi < opens.on.toordinal() for due in dues):
        return "ineligible"
    return Item(verdict, site, dues, opens, _closes(verdict, dues))


def _opens(verdict: Verdict) -> Step | None:
    """When nothing stands against somebody any more, by itself; None where that does not come."""
    for judgement in verdict.judgements:
        if judgement.against and not turning_points(judgement.criterion.rule, verdict.case):
            return None  # it stands for good; most people are settled here, without a look at every later day
    return next((step for step in verdict.changes if step.outcome is not Outcome.INELIGIBLE), None)


def due_of(deadline: Deadline, case: Case) -> Due | None:
    """The days of a deadline; None where its moment is not on record, or in doubt."""
    moment, _ = case.when(deadline.moment)
    if moment is None:
        return None
    first, last = (
        Span(shifted(moment.lo, after), shifted(moment.hi, after)) for after in (deadline.earliest, deadline.within)
    )
    return Due(deadline, first, last)


def _closes(verdict: Verdict, dues: Iterable[Due]) -> int | None:
    """The earliest last day: of a deadline, or before a turn to ineligible of somebody who could enter before it."""
    days = [due.last.lo for due in dues if due.last.lo > EARLIEST]  # else its day is not recorded at all
    could = verdict.outcome is not Outcome.INELIGIBLE
    for step in verdict.changes:
        if step.outcome is not Outcome.INELIGIBLE:
            could = True
        elif could and step.on.toordinal() <= verdict.on.toordinal() + _AHEAD:
            days.append(step.on.toordinal() - 1)
            break
    return min(days, default=None)


def _urgency(item: Item) -> tuple[int, int, str]:
    rank = 1 if item.verdict.candidate else _RANKS[item.verdict.outcome]
    return _FAR if item.closes is None else item.closes, rank, item.person
