"""What one scenario of a simulated trial assumes, as frozen data; refused in one sentence where it cannot be."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from math import isfinite
from typing import Final

from ..faults import Fault

MONTHS: Final = 12.0  # of a year
MOST_PEOPLE: Final = 5_000
LATEST: Final = 3600.0  # months: nothing is simulated beyond

Steps = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Stratum:
    """One stratum of the randomisation: the share of people in it, and their hazard beside that of the others."""

    name: str
    share: float
    hazard: float = 1.0


@dataclass(frozen=True, slots=True)
class StudyPlan:
    """One scenario. Times are months, rates are per year, shares are probabilities.

    people: how many are wanted. accrual: in how many months that many are expected, the first `ramp` of them at half
    the pace; they come as a Poisson process. longest: the month in which recruitment ends whether or not they came.
    follow_up: from the last person's entry to the analysis. each: how long everybody is followed at most; 0: to the
    analysis. cut: the calendar month of the analysis instead; 0: none. events: the analysis is at that many events, if
    they come before; 0: no.
    strata, blocks, ratio: permuted blocks within strata, each size as likely; arms in the ratio control, experimental.
    shape: the control arm's rate of recurrence, [until year, rate] each (the last goes on), up to a factor that gives
    `control`: shares free of disease and alive at `control_at` months, of which each trial draws one. hazard_ratio: of
    the experimental arm's recurrences, from `delay` months on, before it 1. cure: the share that never recurs, in both
    arms.
    deaths: the rate of death before a recurrence; after one it is `deaths_after`, until the recurrence is seen.
    loss: the rate of being lost. refusing: the share of the experimental arm that is never treated.
    scans: months at which a recurrence is looked for; none: it is seen when it comes. between: the share of
    recurrences that show themselves before the next scan. missed: the share of scans that are missed.
    at: the month at which the arms are compared, and up to which their mean times are. alpha: the level of all tests,
    of `sides` sides.
    """

    people: int = 106
    accrual: float = 36.0
    ramp: float = 0.0
    longest: float = LATEST
    follow_up: float = 36.0
    each: float = 0.0
    cut: float = 0.0
    events: int = 0
    strata: tuple[Stratum, ...] = (Stratum("everybody", 1.0),)
    blocks: tuple[int, ...] = (4, 6)
    ratio: tuple[int, int] = (1, 1)
    shape: Steps = ((LATEST / MONTHS, 1.0),)
    control: tuple[float, ...] = (0.5,)
    hazard_ratio: float = 1.0
    delay: float = 0.0
    cure: float = 0.0
    deaths: float = 0.0
    deaths_after: float = 0.0
    loss: float = 0.0
    refusing: float = 0.0
    scans: tuple[float, ...] = ()
    between: float = 0.0
    missed: float = 0.0
    at: float = 36.0
    control_at: float = 36.0
    alpha: float = 0.05
    sides: int = 2

    @property
    def key(self) -> str:
        """The scenario as text: two scenarios that differ in anything have different keys."""
        return ";".join(f"{each.name}={getattr(self, each.name)!r}" for each in fields(self))

    def with_(self, **changes: object) -> "StudyPlan":
        """The same but for what is stated. Raises Fault when that cannot be."""
        return checked(replace(self, **changes))  # type: ignore[arg-type]


def checked(plan: StudyPlan) -> StudyPlan:
    """The plan itself. Raises Fault with the first thing in it that cannot be."""
    for name, may, says in _LIMITS:
        if not may(plan):
            raise Fault(f"{name} {says}.")
    return plan


def _within(name: str, low: float, high: float) -> Callable[[StudyPlan], bool]:
    return lambda plan: isfinite(getattr(plan, name)) and low <= getattr(plan, name) <= high


def _share(name: str) -> Callable[[StudyPlan], bool]:
    return lambda plan: 0 <= getattr(plan, name) < 1


def _rising(values: Sequence[float]) -> bool:
    return all(0 < value <= LATEST and before < value for before, value in zip((0.0, *values), values, strict=False))


def _blocks_fit(plan: StudyPlan) -> bool:
    return bool(plan.blocks) and all(size > 0 and size % sum(plan.ratio) == 0 for size in plan.blocks)


def _strata_fit(plan: StudyPlan) -> bool:
    shares = [stratum.share for stratum in plan.strata]
    return 0 < len(shares) <= 64 and min(shares) >= 0 and abs(sum(shares) - 1) < 1e-6


_SHARE_SAYS: Final = "is a share: from 0, below 1"
_MONTHS_SAY: Final = f"is a number of months from 0 to {LATEST:.0f}"
_RATE_SAYS: Final = "is a rate a year: from 0 to 10"
_LIMITS: Final[tuple[tuple[str, Callable[[StudyPlan], bool], str], ...]] = (
    ("The number of people", _within("people", 2, MOST_PEOPLE), f"is from 2 to {MOST_PEOPLE:,}"),
    ("The time of accrual", _within("accrual", 0.01, 1e5), "is a number of months from 0.01 to 100,000"),
    ("The ramp", lambda plan: 0 <= plan.ramp < plan.accrual, "is shorter than the accrual"),
    ("The longest accrual", _within("longest", 0.01, LATEST), f"is a number of months, above 0, to {LATEST:.0f}"),
    ("The follow-up", _within("follow_up", 0, LATEST), _MONTHS_SAY),
    ("The follow-up of each person", _within("each", 0, LATEST), _MONTHS_SAY),
    ("The month of the analysis", _within("cut", 0, LATEST), _MONTHS_SAY),
    ("The number of events", lambda plan: 0 <= plan.events <= plan.people, "is from 0 to the number of people"),
    ("The analysis", lambda plan: plan.cut > 0 or plan.follow_up > 0, "needs a follow-up or a month of its own"),
    ("The strata", _strata_fit, "are at most 64, with shares that sum to 1"),
    ("The hazard of a stratum", lambda plan: all(0 < each.hazard < 1e3 for each in plan.strata), "is above 0"),
    ("The ratio", lambda plan: all(0 < each < 100 for each in plan.ratio), "is two whole numbers above 0"),
    ("A block", _blocks_fit, "is a multiple of the sum of the ratio"),
    ("The shape of the hazard", lambda plan: _rising([MONTHS * until for until, _ in plan.shape]),
     "is a list of [until year, rate] with rising years"),
    ("The shape of the hazard", lambda plan: all(0 <= rate <= 100 for _, rate in plan.shape), "has rates from 0"),
    ("The control rate", lambda plan: bool(plan.control) and all(0 < each < 1 for each in plan.control),
     "is a share above 0 and below 1"),
    ("The hazard ratio", _within("hazard_ratio", 0.001, 1000), "is from 0.001 to 1,000"),
    ("The delay", _within("delay", 0, LATEST), _MONTHS_SAY),
    ("The cured share", _share("cure"), _SHARE_SAYS),
    ("The rate of death", _within("deaths", 0, 10), _RATE_SAYS),
    ("The rate of death after a recurrence", _within("deaths_after", 0, 10), _RATE_SAYS),
    ("The yearly loss", _within("loss", 0, 10), _RATE_SAYS),
    ("The share never treated", _share("refusing"), _SHARE_SAYS),
    ("Scans", lambda plan: _rising(plan.scans), "are rising months after the randomisation"),
    ("The share seen between scans", lambda plan: 0 <= plan.between <= 1, "is from 0 to 1"),
    ("The share of missed scans", _share("missed"), _SHARE_SAYS),
    ("The time of the comparison", _within("at", 0.01, LATEST), f"is a number of months, above 0, to {LATEST:.0f}"),
    ("The time of the control rate", _within("control_at", 0.01, LATEST),
     f"is a number of months, above 0, to {LATEST:.0f}"),
    ("The level", lambda plan: 0 < plan.alpha < 0.5, "is above 0 and below 0.5"),
    ("The number of sides", lambda plan: plan.sides in (1, 2), "is 1 or 2"),
)  # fmt: skip
