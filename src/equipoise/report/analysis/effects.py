"""The methods of an analysis, one function each: a dataset of two arms -> one line of a table of effects.

What cannot be estimated is told in a sentence; nothing here is ever NaN.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import isfinite
from typing import Final

from ...analysis.competing import competing_arms, cumulative_incidence, gray
from ...analysis.cox import State, cox
from ...analysis.datasets import Dataset
from ...analysis.estimate import Interval
from ...analysis.fixed_time import COMPLEMENTARY_LOG_LOG, compare_at
from ...analysis.followed import TwoArms
from ...analysis.interval_censored import weibull_ratio
from ...analysis.kaplan_meier import kaplan_meier
from ...analysis.logrank import fleming_harrington, log_rank
from ...analysis.proportional import proportional_hazards
from ...analysis.rmst import compare_restricted_means, largest_horizon
from ...faults import Fault
from ...protocol.analysis import days_of
from ...protocol.comparisons import Analysis, Method
from .km_figure import MONTH
from .numbers import months_text, p_text, points_text, range_text, ratio_text, share_text, signed_text

CONTROL, EXPERIMENTAL = 0, 1


@dataclass(frozen=True, slots=True)
class Effect:
    """One method's answer. arms: what it says of the control and of the experimental arm, in words.

    text, estimate, low, high: the effect in words and as numbers (ratios as they are, shares as shares, times in
    months); None where it has none or it cannot be told. p: two-sided. sentence: what a reader must know, "" for
    nothing. ratio: is the effect a ratio, with 1 for no difference?
    """

    method: Method
    label: str
    arms: tuple[str, str] = ("", "")
    text: str = ""
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    sentence: str = ""
    ratio: bool = False


def effects_of(analysis: Analysis, data: Dataset, arms: tuple[str, str]) -> tuple[Effect, ...]:
    """The effects of an analysis, in the order of its methods. data: of two arms that are not hidden.

    arms: how the control and the experimental arm are called.
    """
    return tuple(_named(_told(method, analysis, data), arms) for method in analysis.methods)


def _named(effect: Effect, arms: tuple[str, str]) -> Effect:
    """With the arms by their names, where a sentence of the analysis calls them 0 and 1."""
    return replace(effect, sentence=re.sub(r"\barm ([01])\b", lambda found: arms[int(found[1])], effect.sentence))


def _told(method: Method, analysis: Analysis, data: Dataset) -> Effect:
    """The method's answer; what it refuses is told in its sentence."""
    try:
        return METHODS[method](analysis, data)
    except Fault as fault:
        return Effect(method, _LABELS[method], sentence=str(fault))


def _people(analysis: Analysis, data: Dataset) -> TwoArms:
    return data.compared(stratified=analysis.strata == "as_randomised")


def _stratified(people: TwoArms) -> str:
    return f", stratified by {people.strata} strata" if people.strata > 1 else ""


def _events(people: TwoArms) -> tuple[str, str]:
    control, experimental = (f"{events}/{number}" for events, number in zip(people.events, people.people, strict=True))
    return control, experimental


# ---------------------------------------------------------------- tests and hazard ratios
def _log_rank(analysis: Analysis, data: Dataset) -> Effect:
    people = _people(analysis, data)
    found = log_rank(people, fleming_harrington(*analysis.weights))
    rho, gamma = analysis.weights
    weighted = f", Fleming-Harrington ({rho:g}, {gamma:g})" if (rho, gamma) != (0, 0) else ""
    p = None if found.test is None else found.test.p
    control, experimental = (
        told if weighted else f"{told}, {expected:.1f} expected"
        for told, expected in zip(_events(people), found.expected, strict=True)
    )
    label = f"log-rank test{_stratified(people)}{weighted}"
    sentence = found.sentence if found.test is None else ""
    return Effect("logrank", label, (control, experimental), p=p, sentence=sentence)


def _cox(analysis: Analysis, data: Dataset) -> Effect:
    people = _people(analysis, data)
    model = cox(people)
    label = f"hazard ratio, Cox model{_stratified(people)}"
    if data.competing:
        label = f"hazard ratio of the cause, Cox model{_stratified(people)}"
    effect = Effect("cox", label, _events(people), ratio=True)
    if model.state is State.CONVERGED and model.hr is not None:
        low, high = model.interval.low, model.interval.high
        return replace(
            effect, text=ratio_text(model.hr), estimate=model.hr, low=low, high=high,
            p=model.wald.p if model.wald is not None else None,
        )  # fmt: skip
    likely = model.likelihood_ratio.p if model.likelihood_ratio is not None else None
    return replace(
        effect, low=_finite(model.interval.low), high=_finite(model.interval.high), p=likely, sentence=model.sentence
    )


def _proportional(analysis: Analysis, data: Dataset) -> Effect:
    found = proportional_hazards(_people(analysis, data))
    p = None if found.test is None else found.test.p
    return Effect("proportional_hazards", _LABELS["proportional_hazards"], p=p, sentence=found.sentence)


def _finite(number: float | None) -> float | None:
    return number if number is not None and isfinite(number) else None


# ---------------------------------------------------------------- curves
def _kaplan_meier(analysis: Analysis, data: Dataset) -> Effect:
    """The medians of the arms; the curves themselves stand in the figure."""
    people = data.compared(stratified=False)
    medians = [kaplan_meier(people.arm(arm)).median for arm in (CONTROL, EXPERIMENTAL)]
    arms = [_months(each.time, each.interval) for each in medians]
    return Effect("kaplan_meier", "median, months (95 % interval)", (arms[0], arms[1]))


def _months(value: float | None, interval: Interval) -> str:
    """ "31.2 (22.0 to not reached)", from days."""
    low, high = (None if end is None else end / MONTH for end in (interval.low, interval.high))
    text = "not reached" if value is None else months_text(value / MONTH)
    if low is None:
        return text
    return f"{text} ({months_text(low)} to {'not reached' if high is None else months_text(high)})"


def _share(value: float | None, interval: Interval) -> str:
    """ "44.1 % (30.2 to 57.0)"."""
    if value is None or interval.low is None or interval.high is None:
        return share_text(value)
    return f"{share_text(value)} ({100 * interval.low:.1f} to {100 * interval.high:.1f})"


def _fixed_time(analysis: Analysis, data: Dataset) -> Effect:
    assert analysis.at is not None
    people, at = data.compared(stratified=False), days_of(analysis.at)
    for arm in (CONTROL, EXPERIMENTAL):
        if kaplan_meier(people.arm(arm)).at(at).survival is None:
            raise Fault(f"Nobody in arm {arm} was followed for {analysis.at}: nothing can be compared there.")
    found = compare_at(people, at)
    test = found.test(COMPLEMENTARY_LOG_LOG)
    control, experimental = (_share(each.survival, each.interval) for each in found.arms)
    return Effect(
        "fixed_time", f"share without an event at {analysis.at}; difference in percentage points",
        (control, experimental), points_text(found.difference), found.difference, found.interval.low,
        found.interval.high, None if test is None else test.p,
        "No test: an arm has not moved from 100 % or has reached 0." if test is None else _CLOGLOG,
    )  # fmt: skip


_CLOGLOG: Final = (
    "p is by the complementary log-log scale, which holds its level in small trials; the interval is by Greenwood."
)


def _rmst(analysis: Analysis, data: Dataset) -> Effect:
    assert analysis.at is not None
    people, wanted = data.compared(stratified=False), days_of(analysis.at)
    horizon = min(wanted, largest_horizon([people.arm(arm) for arm in (CONTROL, EXPERIMENTAL)]))
    try:
        found = compare_restricted_means(people, wanted)
        horizon = wanted
    except Fault:
        found = compare_restricted_means(people, horizon)
    short = horizon < wanted
    control, experimental = (months_text(each.mean / MONTH) for each in found.arms)
    change, interval, test = found.difference.estimate, found.difference.interval, found.difference.test
    numbers = [None if each is None else each / MONTH for each in (change, interval.low, interval.high)]
    within = f"{months_text(horizon / MONTH)} months" if short else str(analysis.at)
    return Effect(
        "rmst", f"mean months without an event within {within}; difference", (control, experimental),
        signed_text(numbers[0]), *numbers, p=None if test is None else test.p,
        sentence=f"One arm was not followed to {analysis.at}: this is the longest time to which both were."
        if short else "",
    )  # fmt: skip


# ---------------------------------------------------------------- competing risks
def _incidence(analysis: Analysis, data: Dataset) -> Effect:
    people = competing_arms(data.time, data.event, data.arm)
    at = 3 * 12 * MONTH if analysis.at is None else days_of(analysis.at)
    found = [cumulative_incidence(people, arm=arm, cause=1).at(at) for arm in (CONTROL, EXPERIMENTAL)]
    arms = [_share(each.estimate, each.interval) for each in found]
    label = f"cumulative incidence at {analysis.at or '36 months'}"
    known = found[0].estimate is not None and found[1].estimate is not None
    sentence = "" if known else "One arm was not followed so far."
    return Effect("cumulative_incidence", label, (arms[0], arms[1]), sentence=sentence)


def _gray(analysis: Analysis, data: Dataset) -> Effect:
    found = gray(competing_arms(data.time, data.event, data.arm), cause=1)
    p = None if found.test is None else found.test.p
    return Effect("gray", _LABELS["gray"], p=p, sentence="" if found.test is not None else found.sentence)


def _interval_censored(analysis: Analysis, data: Dataset) -> Effect:
    found = weibull_ratio(data.left, data.right, data.arm)
    effect = Effect("interval_censored", _LABELS["interval_censored"], _events(data.compared(False)), ratio=True)
    if found.hr is None:
        return replace(effect, sentence=found.sentence)
    p = None if found.test is None else found.test.p
    low, high = found.interval.low, found.interval.high
    return replace(effect, text=ratio_text(found.hr), estimate=found.hr, low=low, high=high, p=p)


_LABELS: Final[Mapping[Method, str]] = {
    "kaplan_meier": "median", "logrank": "log-rank test", "cox": "hazard ratio, Cox model",
    "proportional_hazards": "check of proportional hazards", "fixed_time": "difference at one time",
    "rmst": "difference in mean time without an event", "cumulative_incidence": "cumulative incidence",
    "gray": "Gray's test", "interval_censored": "hazard ratio, Weibull model for interval-censored times",
}  # fmt: skip
METHODS: Final[Mapping[Method, Callable[[Analysis, Dataset], Effect]]] = {
    "kaplan_meier": _kaplan_meier, "logrank": _log_rank, "cox": _cox, "proportional_hazards": _proportional,
    "fixed_time": _fixed_time, "rmst": _rmst, "cumulative_incidence": _incidence, "gray": _gray,
    "interval_censored": _interval_censored,
}  # fmt: skip


def interval_text(effect: Effect) -> str:
    """The interval of an effect in the digits of its estimate; "" where there is none."""
    write = ratio_text if effect.ratio else points_text if effect.method == "fixed_time" else signed_text
    if effect.estimate is None and effect.low is None and effect.high is None:
        return ""
    if effect.estimate is None:  # one end of it is known
        return f"above {write(effect.low)}" if effect.high is None else f"below {write(effect.high)}"
    return range_text(write(effect.low), write(effect.high))


def p_of(effect: Effect) -> str:
    return p_text(effect.p)
