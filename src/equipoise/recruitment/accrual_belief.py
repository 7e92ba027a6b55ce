"""What is believed of the sites' rates, before and after some people have come: gamma given what all sites share.

A site's rate is  common · own,  own gamma distributed with the mean stated for the site (Anisimov and Fedorov,
Statistics in Medicine 26 (2007) 4958-4975). `common` is one factor for the whole trial, gamma distributed with mean
one: plans are wrong for all sites at once, and without it many sites would make a plan look certain. Of those who are
found, the share `consent` enters; it is certain, or beta distributed.

Given common and consent everything is conjugate: a site of shape a and rate b that gave n people in e months has the
shape a + n and the rate b + e. What is shared is summed out over a grid of cases. With one site, or with sites that do
not differ, this is the one negative binomial of the textbooks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import linalg, stats

from ..faults import Fault
from .sites import Numbers, Site

_DROP = 25.0  # cases whose density is below exp(-25) of the highest (1e-11) are left out
# The trapezoidal rule over a bell of width s errs by exp(-2 (pi s / step)^2): 3e-9 for steps as wide as s itself. The
# narrowest bells are the probabilities of a number of people, 1 / sqrt(number) wide in the logarithm of the rate.
_LONGEST_STEP = 0.4  # of log(common), enough for a gamma: exp(-pi^2 / 0.4)
_FEWEST_CONSENTS, _CONSENTS_A_WIDTH = 8, 6  # Gauss-Jacobi points of an uncertain consent


@dataclass(frozen=True, slots=True)
class Recruited:
    """How many have entered so far, by site; and how many were found (asked, screened), where that is known."""

    entered: Mapping[str, int] = field(default_factory=dict[str, int])
    found: Mapping[str, int] | None = None

    def __post_init__(self) -> None:
        for name, number in self.entered.items():
            if number < 0:
                raise Fault(f"{name}: {number} people cannot have entered.")
            if self.found is not None and self.found.get(name, 0) < number:
                raise Fault(f"{name}: {number} entered, but only {self.found.get(name, 0)} were found.")

    @property
    def total(self) -> int:
        return sum(self.entered.values())

    @property
    def total_found(self) -> int:
        """How many were found at all sites; 0 where it is not known."""
        return 0 if self.found is None else sum(self.found.values())


NOBODY = Recruited()


@dataclass(frozen=True)
class Belief:
    """The rates of all sites, by cases of what they share.

    weights, common, consent (cases). shapes (sites): infinite for a site whose own rate is certain. rates
    (cases x sites): of the gammas, in months; for a site of infinite shape, its people found a month.
    """

    weights: Numbers
    common: Numbers
    consent: Numbers
    shapes: Numbers
    rates: Numbers

    @property
    def mean_rates(self) -> Numbers:
        """The expected number of people who enter a month, by site, each fully started (in a month of factor one)."""
        certain = np.isinf(self.shapes)
        with np.errstate(divide="ignore"):
            found = np.where(certain, self.rates, np.where(certain, 1.0, self.shapes) / self.rates)
        return (self.weights * self.consent) @ found


def believe(
    sites: Sequence[Site], exposure: Numbers, recruited: Recruited = NOBODY, common_cv: float = 0.0,
    consent: float = 1.0, consent_worth: float | None = None, further: int = 1,
) -> Belief:  # fmt: skip
    """The belief after `exposure` (months of full recruitment, by site) and what was recruited in it.

    consent_worth: how many people's answers the stated consent is worth; None: it is certain, whatever is seen.
    further: up to how many further people will be asked about; the more, the finer are the cases.
    """
    _check(common_cv, consent, consent_worth)
    _refuse_contradicted_consent(recruited, consent, consent_worth)
    worked = recruited.entered if recruited.found is None else recruited.found
    seen = np.array([worked.get(site.name, 0) for site in sites], dtype=float)
    _refuse_the_impossible(sites, exposure, seen)
    # How narrow the probability of a number of people is, in the logarithm of all rates together.
    width = float(1 / np.sqrt(max(further, 1) + seen.sum()))
    shares, weights = _consents(recruited, consent, consent_worth, np.hypot(width, _common_width(common_cv, seen)))
    # Where those found were counted, they tell of the rates; else those who entered do, and consent thins them.
    thinning = np.ones_like(shares) if recruited.found is not None else shares
    common, logs = _common_grid(sites, exposure, seen, common_cv, thinning, np.log(weights), width)
    weights = np.exp(logs - logs.max())
    shapes, rates = _posterior(sites, exposure, seen, common.ravel(), np.repeat(thinning, common.shape[1]))
    return Belief((weights / weights.sum()).ravel(), common.ravel(), np.repeat(shares, common.shape[1]), shapes, rates)


def _check(common_cv: float, consent: float, worth: float | None) -> None:
    if not 0 <= common_cv <= 2:
        raise Fault(f"The common coefficient of variation lies between 0 and 2, not {common_cv:g}.")
    if not 0 <= consent <= 1:
        raise Fault(f"Consent is a share between 0 and 1, not {consent:g}.")
    if worth is not None and not (0 < worth <= 1e6 and 0 < consent < 1):
        raise Fault(
            "A consent that is not certain lies above 0 and below 1, and is worth more than 0 and at most "
            f"1,000,000 people's answers; these are {consent:g} and {worth:g}."
        )


def _refuse_contradicted_consent(recruited: Recruited, consent: float, worth: float | None) -> None:
    if worth is None and recruited.found is not None and consent == 1 and recruited.total_found > recruited.total:
        raise Fault(
            f"Of {recruited.total_found} people found {recruited.total} entered, so not all enter: state which share "
            "is expected to (consent), and how many people's answers that is worth, so that it is learned."
        )
    if consent == 0 and recruited.total:
        raise Fault(f"{recruited.total} people have entered, so consent is not 0: state another.")


def _refuse_the_impossible(sites: Sequence[Site], exposure: Numbers, seen: Numbers) -> None:
    for site, months, number in zip(sites, exposure, seen, strict=True):
        if number and months <= 0:
            raise Fault(
                f"{site.name} has recruited ({number:.0f}) before it was open: correct its opening, or the count."
            )
        if number and site.rate == 0:
            raise Fault(f"{site.name} has recruited ({number:.0f}), though its rate is stated as 0: state another.")


def _common_width(cv: float, seen: Numbers) -> float:
    return 0.0 if cv == 0 else float(np.sqrt(1 / (1 / cv**2 + seen.sum())))


def _consents(recruited: Recruited, consent: float, worth: float | None, width: float) -> tuple[Numbers, Numbers]:
    """The shares that consent may be, and their weights, after what was seen of it; the finer, the narrower `width`."""
    if worth is None:
        return np.array([consent]), np.ones(1)
    yes, no = consent * worth, (1 - consent) * worth
    if recruited.found is not None:
        yes, no = yes + recruited.total, no + recruited.total_found - recruited.total
    spread = np.sqrt(no / yes / (yes + no + 1))  # standard deviation over mean
    return beta_points(yes, no, _FEWEST_CONSENTS + int(np.ceil(_CONSENTS_A_WIDTH * min(spread, 1.5) / width)))


def beta_points(yes: float, no: float, number: int) -> tuple[Numbers, Numbers]:
    """Points and weights (which sum to one) that average polynomials below the degree 2 `number` over a beta exactly.

    Gauss-Jacobi by the eigenvalues of the recurrence (Golub and Welsch, Mathematics of Computation 23 (1969) 221-230);
    SciPy's own roots overflow where the beta is narrow.
    """
    total, n = yes + no, np.arange(1, number)
    double = 2 * n + total - 2
    diagonal = np.empty(number)
    diagonal[0] = (yes - no) / total
    diagonal[1:] = (yes - no) * (total - 2) / (double * (double + 2))
    beside = 4 * n * (n + yes - 1) * (n + no - 1) / (double**2 * (double + 1))
    beside[1:] *= (n[1:] + total - 2) / (double[1:] - 1)
    points, vectors = linalg.eigh_tridiagonal(diagonal, np.sqrt(beside))
    return (points + 1) / 2, vectors[0] ** 2


# ---------------------------------------------------------------- the factor that all sites share
def _common_grid(
    sites: Sequence[Site], exposure: Numbers, seen: Numbers, cv: float, thinning: Numbers, logs: Numbers,
    width: float,
) -> tuple[Numbers, Numbers]:  # fmt: skip
    """Values of the common factor (consents x values) and the logarithms of their weights.

    The grid is even in log(common) and holds all but the last 1e-10 of the belief.
    """
    consents = len(thinning)
    if cv == 0:
        one = np.zeros((consents, 1))
        return np.exp(one), logs[:, None] + _log_likelihood(sites, exposure, seen, one, thinning)
    shape = 1 / cv**2

    def density(values: Numbers) -> Numbers:
        grid = np.tile(values, (consents, 1))
        prior = shape * values - shape * np.exp(values)
        return logs[:, None] + prior + _log_likelihood(sites, exposure, seen, grid, thinning)

    low, high = _range(density, shape, exposure, seen, sites, thinning)
    spread = (high - low) / np.sqrt(8 * _DROP)  # the standard deviation, if the belief were normal
    number = int(np.ceil((high - low) / min(_LONGEST_STEP, width, spread / 2))) + 1
    values = np.linspace(low, high, number)
    return np.exp(np.tile(values, (consents, 1))), density(values)


def _range(
    density, shape: float, exposure: Numbers, seen: Numbers, sites: Sequence[Site], thinning: Numbers
) -> tuple[float, float]:
    """From where to where log(common) matters: looked for in ever shorter ranges."""
    expected = float(np.sum(exposure * [site.rate for site in sites]) * thinning.min())
    most = float(stats.gamma.isf(1e-13, shape, scale=1 / shape))
    high = np.log(max(most, 20 * (seen.sum() + 10) / expected if expected > 0 else most))
    low = -_DROP / shape - 8
    for _ in range(40):
        values = np.linspace(low, high, 201)
        at = density(values).max(axis=0)
        kept = np.flatnonzero(at > at.max() - _DROP)
        new_low, new_high = values[max(kept[0] - 1, 0)], values[min(kept[-1] + 1, 200)]
        if new_high - new_low > 0.9 * (high - low):
            break
        low, high = new_low, new_high
    return float(low), float(high)


def _log_likelihood(
    sites: Sequence[Site], exposure: Numbers, seen: Numbers, log_common: Numbers, thinning: Numbers
) -> Numbers:
    """The logarithm of the probability of what was seen, but for a constant; in the form of `log_common`."""
    total = np.zeros_like(log_common)
    for site, months, number in zip(sites, exposure, seen, strict=True):
        if months <= 0 or site.rate == 0:
            continue
        mean = np.exp(log_common) * (site.rate * months) * thinning[:, None]
        if site.cv == 0:
            total += number * np.log(mean) - mean
        else:
            shape = 1 / site.cv**2
            total += number * np.log(mean) - (shape + number) * np.log1p(mean / shape)
    return total


def _posterior(
    sites: Sequence[Site], exposure: Numbers, seen: Numbers, common: Numbers, thinning: Numbers
) -> tuple[Numbers, Numbers]:
    """The shapes (sites) and rates (cases x sites) of the sites' own gammas in each case."""
    mean = np.array([site.rate for site in sites])
    cv = np.array([site.cv for site in sites])
    certain = cv == 0
    prior = np.where(certain, np.inf, 1 / np.where(certain, 1.0, cv) ** 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        rates = np.where(certain, 1.0, prior) / (mean * common[:, None]) + exposure * thinning[:, None]
    return prior + seen, np.where(certain, mean * common[:, None], rates)
