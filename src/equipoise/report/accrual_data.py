"""A forecast of recruitment as data: one JSON object, or rows of CSV, one a look and day."""

import csv
import io
from typing import Any

import orjson

from ..recruitment.accrual import People
from ..recruitment.accrual_answer import AccrualAnswer, Forecast, Look
from ..recruitment.accrual_needs import Needs
from .accrual import caution

_DIGITS = 6  # of a probability


def accrual_json(answer: AccrualAnswer) -> bytes:
    """One object: trial, protocol, target, by, looks (forecast and needs), stop_rule, assumptions."""
    found: dict[str, Any] = {
        "trial": answer.trial, "protocol": answer.digest, "what": caution(answer), "history": answer.history,
        "target": answer.target, "by": answer.by, "looks": [_look(look) for look in answer.looks],
        "stop_rule": _rule(answer),
        "assumptions": [
            {"key": each.key, "label": each.label, "value": each.value, "origin": each.origin(answer.trial),
             "note": each.note}
            for each in answer.assumed
        ],
        "rows_of_later_days": answer.later,
    }  # fmt: skip
    return orjson.dumps(found, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def accrual_csv(answer: AccrualAnswer) -> bytes:
    """Rows: on, day, low, median, high (people in, with a 90 % interval), probability of the target."""
    stream = io.StringIO()
    rows = csv.writer(stream, lineterminator="\n")
    rows.writerow(["on", "day", "forecast_low", "forecast_median", "forecast_high", "probability_of_target"])
    for look in answer.looks:
        for each in look.forecast.curve:
            rows.writerow([look.forecast.on, each.on, each.low, each.median, each.high, round(each.chance, _DIGITS)])
    return stream.getvalue().encode()


def _look(look: Look) -> dict[str, Any]:
    return {**_forecast(look.forecast), "needs": None if look.needs is None else _needs(look.needs)}


def _forecast(each: Forecast) -> dict[str, Any]:
    return {
        "on": each.on, "recruited": each.recruited, "open_sites": each.open_sites, "sites": each.sites,
        "rate_per_month": round(each.rate, _DIGITS), "by": _people(each.by),
        "last_patient": {"p05": each.first, "p50": each.median, "p95": each.last},
        "horizon": each.horizon, "never_by_horizon": round(each.never, _DIGITS),
        "curve": [_people(point) for point in each.curve],
    }  # fmt: skip


def _people(each: People) -> dict[str, Any]:
    return {
        "day": each.on, "low": each.low, "median": each.median, "high": each.high,
        "probability_of_target": round(each.chance, _DIGITS),
    }  # fmt: skip


def _needs(needs: Needs) -> dict[str, Any]:
    return {
        "wanted": needs.wanted, "day": needs.day,
        "months_longer": None if needs.months_longer is None else round(needs.months_longer, 2),
        "further_sites": needs.sites, "further_sites_open": needs.sites_open, "rates_times": needs.times,
        "without_criterion": [
            {"criterion": each.criterion, "people_times": round(each.times, 4),
             "probability_of_target": round(each.chance, _DIGITS), "day": each.day}
            for each in needs.relaxed
        ],
    }  # fmt: skip


def _rule(answer: AccrualAnswer) -> dict[str, Any] | None:
    if answer.rule is None:
        return None
    return {
        "stop_below": answer.rule.below, "by": answer.rule.by,
        "looks": [{"on": bound.on, "stop_with_fewer_than": bound.least} for bound in answer.rule.bounds],
        "seed": answer.seed,
        "simulated": [
            {"true_rates_times": each.common, "trials": each.trials, "reaches_without_rule": each.reaches,
             "stops_at_look": each.stopped, "stopped_wrongly": each.wrongly, "goes_on_in_vain": each.in_vain,
             "months_open": each.months, "standard_error_at_most": each.error}
            for each in answer.behaviour
        ],
    }  # fmt: skip
