"""A simulated trial as data: one JSON object, or rows of CSV, one a scenario and test."""

from typing import Any

import orjson

from ..analysis.operating import Bias, ScenarioFound, Share, Spread, StudyFound, TestFound
from .data import as_csv

_DIGITS = 6


def study_json(found: StudyFound) -> bytes:
    """One object: what it is, trial, protocol, settings, scenarios, assumptions."""
    whole: dict[str, Any] = {
        "what": found.mark, "trial": found.trial, "protocol": found.digest, "trials": found.trials, "seed": found.seed,
        "alpha": found.alpha, "sides": found.sides, "at_months": found.at,
        "scenarios": [_scenario(scenario) for scenario in found.scenarios],
        "assumptions": [
            {"label": each.label, "value": each.text, "origin": each.origin, "note": each.note}
            for each in found.assumed
        ],
    }  # fmt: skip
    return orjson.dumps(whole, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def study_csv(found: StudyFound) -> bytes:
    """Rows: the scenario, the test, how often it rejects, bias and coverage, events and months; marked as simulated."""
    heads = [
        "scenario", *(name for name, _ in found.scenarios[0].settings), "null", "test", "rejects", "rejects_se",
        "rejects_low", "rejects_high", "against", "computed", "truth", "bias", "bias_se", "deviation", "estimated_se",
        "covers", "covers_se", "people", "events_low", "events_median", "events_high", "month_low", "month_median",
        "month_high", "trials", "seed", "what",
    ]  # fmt: skip
    rows = [
        [
            scenario.name, *(text for _, text in scenario.settings), scenario.null, *_test_cells(test),
            _rounded(scenario.people), *_spread(scenario.events).values(), *_spread(scenario.lasts).values(),
            scenario.trials, found.seed, found.mark,
        ]
        for scenario in found.scenarios
        for test in scenario.tests
    ]  # fmt: skip
    return as_csv([heads, *rows])


def _test_cells(test: TestFound) -> list[Any]:
    low, high = test.rejects.interval
    bias, covers = test.bias, test.covers
    return [
        test.id, *map(_rounded, (test.rejects.value, test.rejects.error, low, high, test.against.value,
                                 test.done.value)),
        *((None,) * 5 if bias is None else map(_rounded, _bias(bias).values())),
        *((None,) * 2 if covers is None else (_rounded(covers.value), _rounded(covers.error))),
    ]  # fmt: skip


def _scenario(scenario: ScenarioFound) -> dict[str, Any]:
    return {
        "name": scenario.name, "settings": dict(scenario.settings), "hazard_ratio": scenario.hazard_ratio,
        "null": scenario.null, "trials": scenario.trials, "people": _rounded(scenario.people),
        "events": {**_spread(scenario.events), "mean": _rounded(scenario.mean_events.value),
                   "mean_se": _rounded(scenario.mean_events.error)},
        "analysis_month": _spread(scenario.lasts),
        "estimated_hazard_ratio": None if scenario.ratio is None else _spread(scenario.ratio),
        "too_few_people": _share(scenario.short), "no_hazard_ratio": _share(scenario.monotone),
        "not_followed": _share(scenario.unknown),
        "tests": [_test(test) for test in scenario.tests],
        "calendar": [
            {"month": month.month, "people": _rounded(month.people), "events": _spread(month.events)}
            for month in scenario.calendar
        ],
    }  # fmt: skip


def _test(test: TestFound) -> dict[str, Any]:
    return {
        "id": test.id, "label": test.label, "rejects": _share(test.rejects), "against": _share(test.against),
        "computed": _share(test.done), "bias": None if test.bias is None else _bias(test.bias),
        "covers": None if test.covers is None else _share(test.covers),
    }  # fmt: skip


def _share(share: Share) -> dict[str, Any]:
    low, high = share.interval
    return {"is": _rounded(share.value), "se": _rounded(share.error), "low": _rounded(low), "high": _rounded(high)}


def _bias(bias: Bias) -> dict[str, Any]:
    return {
        "truth": _rounded(bias.truth), "bias": _rounded(bias.bias.value), "bias_se": _rounded(bias.bias.error),
        "deviation": _rounded(bias.deviation), "estimated_se": _rounded(bias.estimated),
    }  # fmt: skip


def _spread(spread: Spread) -> dict[str, Any]:
    return {"low": _rounded(spread.low), "median": _rounded(spread.median), "high": _rounded(spread.high)}


def _rounded(number: float) -> float:
    return round(float(number), _DIGITS)
