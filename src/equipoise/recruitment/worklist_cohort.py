"""Today's list out of a cohort: an engine finds the few who may be on it, and the reference judges these."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Final

from ..dates import shifted
from ..eligibility.cohort import SIGN, Answer, asking_of
from ..protocol.model import Criterion, Protocol
from ..truth import TRUE
from .funnel_cohort import Cohort, explained
from .worklist import Worklist, worklist

_MARGIN: Final = 5  # days: a month before the last days of March is the last day of February; the reference is exact


def worklist_by_engine(
    cohort: Cohort, trial: Protocol, on: date, complete: Iterable[str] = (), synthetic: bool = False
) -> Worklist:
    """As `worklist`, of everybody in a cohort."""
    names = tuple(complete)
    moments = {deadline.id: deadline.moment for deadline in trial.deadlines}
    cohort.judge(asking_of(trial, on, names, moments))
    sites: dict[str, str] = {}

    def chosen() -> Iterator[Answer]:
        for answer in cohort.answers(trial).each(_may_be_on_it(trial, on)):
            sites[answer.person] = answer.site
            yield answer

    found = worklist(trial, on, explained(chosen(), cohort, trial, on, names), sites, synthetic)
    signed = cohort.people
    if trial.sign is not None:
        counted = cohort.answers(replace(trial, criteria=(_sign_as_criterion(trial),))).patterns()
        signed = sum(pattern.people for pattern in counted if pattern.truths[0] is TRUE)
    passed = Counter(found.passed)
    passed["no_sign"] += cohort.people - signed
    passed["ineligible"] += signed - len(sites)
    return replace(found, passed=+passed)


def _may_be_on_it(trial: Protocol, on: date) -> str:
    """SQL over the answers: with a sign of the disease, and not ineligible, or ineligible with a deadline ahead.

    Without a deadline whoever is ineligible may yet become eligible by itself: the reference tells.
    """
    signed = f'"{SIGN}" = 2' if trial.sign is not None else "TRUE"
    ahead = [
        f"\"{deadline.id}_hi\" >= DATE '{date.fromordinal(shifted(on.toordinal(), deadline.within, -1) - _MARGIN)}'"
        for deadline in trial.deadlines
    ]
    undated = [f'"{deadline.id}_hi" IS NULL' for deadline in trial.deadlines]
    return f"{signed} AND (outcome > 0 OR {' OR '.join([*ahead, *undated]) if ahead else 'TRUE'})"


def _sign_as_criterion(trial: Protocol) -> Criterion:
    """The column of the sign, to be counted like that of a criterion."""
    assert trial.sign is not None
    return Criterion(SIGN, "inclusion", "", "", trial.sign, SIGN)
