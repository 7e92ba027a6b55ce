"""What a design does over many simulated trials, as frozen data: each number with its Monte Carlo standard error.

No number here is a result of a trial: the people behind it do not exist.
"""

from dataclasses import dataclass
from math import sqrt
from typing import Final, Literal

NOMINAL: Final = 1.959963984540054  # for the intervals of what is simulated

TestKind = Literal["hazards", "at", "mean"]


@dataclass(frozen=True, slots=True)
class Share:
    """How often something happened: `count` of `trials`."""

    count: int
    trials: int

    @property
    def value(self) -> float:
        return self.count / self.trials if self.trials else 0.0

    @property
    def error(self) -> float:
        """The Monte Carlo standard error."""
        return sqrt(self.value * (1 - self.value) / self.trials) if self.trials else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """95 %, by Wilson: it is sound for shares near 0 as well."""
        if not self.trials:
            return 0.0, 1.0
        z2 = NOMINAL**2 / self.trials
        middle, half = self.value + z2 / 2, NOMINAL * sqrt(self.error**2 + z2 / (4 * self.trials))
        return max(0.0, (middle - half) / (1 + z2)), min(1.0, (middle + half) / (1 + z2))


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean over trials, with its Monte Carlo standard error."""

    value: float
    error: float


@dataclass(frozen=True, slots=True)
class Spread:
    """Median and the range that holds the middle 90 % of the trials."""

    low: float
    median: float
    high: float


@dataclass(frozen=True, slots=True)
class Bias:
    """An estimate over trials: on average less the truth, its standard deviation, the mean of its standard errors.

    The latter as the root of the mean estimated variance. truth: the mean of it where it differs between trials.
    """

    truth: float
    bias: Mean
    deviation: float
    estimated: float


@dataclass(frozen=True, slots=True)
class TestFound:
    """One test over many trials.

    rejects: of all trials, those in which it rejects (of a one-sided test in favour of the experimental arm). against:
    those in which it rejects in favour of the control arm. done: those in which it could be computed. bias, covers: of
    the estimate and its interval, None where the test has none.
    """

    __test__ = False  # it is no test of pytest's

    id: str
    label: str
    kind: TestKind
    rejects: Share
    against: Share
    done: Share
    bias: Bias | None = None
    covers: Share | None = None


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month of the trial: people who have come by its end on average, and events that are seen."""

    month: int
    people: float
    events: Spread


@dataclass(frozen=True, slots=True)
class ScenarioFound:
    """One scenario. settings: (name, text) of what is told apart from the other scenarios.

    null: the arms do not differ, so a rejection is an error. ratio: of the estimated hazard ratios. lasts: months until
    the analysis; months: how often it is in each calendar month. short: trials that did not get their people. monotone:
    those whose hazard ratio has no estimate; unknown: those in which an arm was not followed long enough.
    """

    name: str
    settings: tuple[tuple[str, str], ...]
    hazard_ratio: float
    null: bool
    trials: int
    tests: tuple[TestFound, ...]
    people: float
    events: Spread
    mean_events: Mean
    lasts: Spread
    months: tuple[int, ...]
    ratio: Spread | None
    calendar: tuple[Month, ...]
    short: Share
    monotone: Share
    unknown: Share

    def test(self, identifier: str) -> TestFound | None:
        return next((test for test in self.tests if test.id == identifier), None)


@dataclass(frozen=True, slots=True)
class AssumptionTold:
    """What is assumed: its name, its value in words, where it is from, and what else is said of it."""

    label: str
    text: str
    origin: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class StudyFound:
    """All scenarios of one run. mark: the words that say, wherever they are shown, that this is simulated."""

    trial: str
    digest: str
    mark: str
    trials: int
    seed: int
    alpha: float
    sides: int
    at: float
    scenarios: tuple[ScenarioFound, ...]
    assumed: tuple[AssumptionTold, ...]
