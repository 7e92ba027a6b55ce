"""A comparison of two arms as data: one JSON object, or one row of CSV for each number."""

from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from ..analysis.comparison import Comparison
from ..analysis.cox import CoxModel
from ..analysis.estimate import Interval, Test
from ..analysis.fixed_time import FixedTime
from ..analysis.kaplan_meier import AtTime, Curve
from ..analysis.logrank import LogRank
from ..analysis.rmst import Contrast, RestrictedMeans
from .data import Write, as_csv

HEADS = ("analysis", "arm", "at", "estimate", "std_error", "low", "high", "level", "chi_square", "df", "p")


def comparison_dict(
    found: Comparison, arms: Sequence[str], strata: Sequence[str], unit: str, notes: Sequence[str]
) -> dict[str, Any]:  # fmt: skip
    """The whole comparison as plain data; docs/how-to/compare.md describes the shape."""
    return {
        "arms": {"control": arms[0], "experimental": arms[1]},
        "unit": unit,
        "strata": list(strata),
        "notes": list(notes),
        "people": list(found.people.people),
        "events": list(found.people.events),
        "kaplan_meier": [_curve(curve, found.times) for curve in found.curves],
        "log_rank": _log_rank(found.log_rank),
        "cox": _cox(found.cox),
        "stratified": None
        if found.stratified is None
        else {"log_rank": _log_rank(found.stratified[0]), "cox": _cox(found.stratified[1])},
        "proportional_hazards": _test(found.proportional.test),
        "fixed_time": [_fixed(each) for each in found.at],
        "restricted_mean": None if found.restricted is None else _restricted(found.restricted),
    }


def write_comparison(data: dict[str, Any], write: Write) -> None:
    """One JSON object, indented."""
    write(orjson.dumps(data, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | orjson.OPT_SERIALIZE_NUMPY))


def write_comparison_rows(found: Comparison, arms: Sequence[str], write: Write) -> None:
    """A row of heads, then one row for each number; a cell is empty where there is no such value."""
    rows = [{**dict.fromkeys(HEADS, ""), **row} for row in comparison_rows(found, arms)]
    write(as_csv([HEADS, *(["" if row[head] is None else row[head] for head in HEADS] for row in rows)]))


def comparison_rows(found: Comparison, arms: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The numbers one by one, by HEADS."""
    for arm, curve in zip(arms, found.curves, strict=True):
        yield {"analysis": "median", "arm": arm, "estimate": curve.median.time, **_interval(curve.median.interval)}
        for time in found.times:
            at = curve.at(time)
            error = {"std_error": at.std_error, **_interval(at.interval)}
            yield {"analysis": "kaplan_meier", "arm": arm, "at": time, "estimate": at.survival, **error}
    pairs = [("", found.log_rank, found.cox)]
    pairs += [] if found.stratified is None else [("_stratified", *found.stratified)]
    for name, log_rank, cox in pairs:
        yield {"analysis": f"log_rank{name}", "estimate": log_rank.score, **_test_row(log_rank.test)}
        model = {"estimate": cox.hr, "std_error": cox.se, **_interval(cox.interval), **_test_row(cox.wald)}
        yield {"analysis": f"hazard_ratio{name}", **model}
    yield {"analysis": "proportional_hazards", **_test_row(found.proportional.test)}
    for each in found.at:
        numbers = {"estimate": each.difference, "std_error": each.std_error, **_interval(each.interval)}
        yield {"analysis": "fixed_time_difference", "at": each.time, **numbers}
        for scale, test in each.tests:
            yield {"analysis": f"fixed_time_{scale.name.replace(' ', '_')}", "at": each.time, **_test_row(test)}
    if found.restricted is not None:
        yield from _restricted_rows(found.restricted, arms)


def _restricted_rows(found: RestrictedMeans, arms: Sequence[str]) -> Iterator[dict[str, Any]]:
    for arm, each in zip(arms, found.arms, strict=True):
        numbers = {"estimate": each.mean, "std_error": each.std_error, **_interval(each.interval)}
        yield {"analysis": "restricted_mean", "arm": arm, "at": found.horizon, **numbers}
    for name, contrast in (("difference", found.difference), ("ratio", found.ratio)):
        numbers = {"estimate": contrast.estimate, **_interval(contrast.interval), **_test_row(contrast.test)}
        yield {"analysis": f"restricted_mean_{name}", "at": found.horizon, **numbers}


# ---------------------------------------------------------------- the parts
def _curve(curve: Curve, times: Sequence[float]) -> dict[str, Any]:
    median = curve.median
    return {
        "people": len(curve.people.time),
        "events": curve.total_events,
        "median": {"time": median.time, **_interval(median.interval)},
        "at": [_at(curve.at(time)) for time in times],
    }


def _at(at: AtTime) -> dict[str, Any]:
    numbers = {"time": at.time, "survival": at.survival, "std_error": at.std_error}
    return {**numbers, **_interval(at.interval), "at_risk": at.at_risk}


def _log_rank(found: LogRank) -> dict[str, Any]:
    return {
        "observed": list(found.observed), "expected": list(found.expected), "score": found.score,
        "variance": found.variance, "test": _test(found.test), "strata": found.strata, "sentence": found.sentence,
    }  # fmt: skip


def _cox(found: CoxModel) -> dict[str, Any]:
    return {
        "hazard_ratio": found.hr, "log_hazard_ratio": found.log_hr, "std_error": found.se, **_interval(found.interval),
        "wald": _test(found.wald), "score": _test(found.score), "likelihood_ratio": _test(found.likelihood_ratio),
        "ties": found.ties.value, "strata": found.strata, "state": found.state.value, "sentence": found.sentence,
    }  # fmt: skip


def _fixed(found: FixedTime) -> dict[str, Any]:
    return {
        "time": found.time, "arms": [_at(at) for at in found.arms], "difference": found.difference,
        "std_error": found.std_error, **_interval(found.interval),
        "tests": {scale.name: _test(test) for scale, test in found.tests}, "sentence": found.sentence,
    }  # fmt: skip


def _restricted(found: RestrictedMeans) -> dict[str, Any]:
    arms = [{"mean": each.mean, "std_error": each.std_error, **_interval(each.interval)} for each in found.arms]
    return {
        "horizon": found.horizon, "arms": arms, "difference": _contrast(found.difference),
        "ratio": _contrast(found.ratio), "lost_ratio": _contrast(found.lost_ratio), "sentence": found.sentence,
    }  # fmt: skip


def _contrast(found: Contrast) -> dict[str, Any]:
    return {"estimate": found.estimate, **_interval(found.interval), "test": _test(found.test)}


def _interval(found: Interval) -> dict[str, Any]:
    """An end is None where it is not known; an infinite one has no number in JSON."""
    return {"low": _finite(found.low), "high": _finite(found.high), "level": found.level}


def _finite(number: float | None) -> float | None:
    return None if number is None or number in (float("inf"), float("-inf")) else number


def _test(found: Test | None) -> dict[str, Any] | None:
    return None if found is None else {"chi_square": found.chi_square, "df": found.df, "z": found.z, "p": found.p}


def _test_row(found: Test | None) -> dict[str, Any]:
    return {} if found is None else {"chi_square": found.chi_square, "df": found.df, "p": found.p}
