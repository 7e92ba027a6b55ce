"""What simulated trials with a boundary for toxicity and looks at efficacy came to, as numbers to be shown."""

from dataclasses import dataclass
from math import sqrt


@dataclass(frozen=True, slots=True)
class Joint:
    """One scenario: the true rate of toxicity and the hazard ratio. by_look: (stopped for toxicity since the look
    before, crossed for benefit at it), shares of all trials. months: until the end, on average.
    """

    rate: float
    ratio: float
    trials: int
    by_look: tuple[tuple[float, float], ...]
    months: float

    @property
    def toxicity(self) -> float:
        """The share stopped for toxicity."""
        return sum(stopped for stopped, _ in self.by_look)

    @property
    def benefit(self) -> float:
        """The share that crossed for benefit."""
        return sum(crossed for _, crossed in self.by_look)

    @property
    def neither(self) -> float:
        """The share that came to its end with neither."""
        return max(0.0, 1 - self.toxicity - self.benefit)

    @property
    def error(self) -> float:
        """The largest standard error that any of these shares has from the number of trials."""
        return 0.5 / sqrt(self.trials)
