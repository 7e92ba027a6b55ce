"""The funnel as data: one JSON object, or one row of CSV for each number."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

from ..recruitment.funnel import Counts
from ..recruitment.funnel_moves import Curve, Moved
from ..recruitment.funnel_numbers import number_words
from ..recruitment.funnel_survey import Survey
from .data import Write, as_csv

HEADS = ("part", "item", "beside", "measure", "value")


def funnel_dict(survey: Survey) -> dict[str, Any]:
    """The whole survey as plain data; docs/how-to/funnel.md describes the shape."""
    return {
        "trial": survey.trial.acronym,
        "protocol": survey.trial.digest,
        "on": survey.on.isoformat(),
        "synthetic": survey.synthetic,
        "complete": list(survey.assumed),
        **_counts(survey.counts),
        "criteria": _criteria(survey),
        "pairs": [
            {"first": each.first.id, "second": each.second.id, "possible": each.possible, "eligible": each.eligible,
             "both": each.both}
            for each in survey.funnel.pairs
        ],
        "wanted": None if survey.wanted is None else [
            {**each.sought._asdict(), "people": each.people, "only": each.only} for each in survey.wanted
        ],
        "wanted_of": survey.wanted_of,
        "moment": survey.moment.name if survey.moment else None,
        "sites": [{"site": site, **_counts(counts)} for site, counts in survey.sites.items()],
        "months": [{"month": month, **_counts(counts)} for month, counts in survey.months.items()],
        "site_months": [
            {"site": site, "month": month, **_counts(counts)} for (site, month), counts in survey.site_months.items()
        ],
        "moves": [_moved(each, survey) for each in survey.moves],
        "sweeps": [_sweep(curve, survey) for curve in survey.curves],
    }  # fmt: skip


def _counts(counts: Counts) -> dict[str, int]:
    return {"people": counts.people, **counts._asdict()}


def _criteria(survey: Survey) -> list[dict[str, Any]]:
    return [
        {
            "id": step.criterion.id, "kind": step.criterion.kind, "title": step.criterion.title,
            "lost": step.lost, "newly_open": step.newly_open, "kept": step.kept, "open": step.open,
            "against": cost.against, "unknown": cost.unknown, "alone": cost.alone, "eligible_without": cost.eligible,
        }
        for step, cost in zip(survey.funnel.steps, survey.funnel.costs, strict=True)
    ]  # fmt: skip


def _moved(each: Moved, survey: Survey) -> dict[str, Any]:
    changes = [
        {"number": number_words(old, survey.trial.vocabulary), "was": [str(amount) for amount in old.stated],
         "is": [str(amount) for amount in new.stated]}
        for old, new in each.variant.changes
    ]  # fmt: skip
    criterion = each.variant.criterion
    return {"criterion": criterion.id, "rule": criterion.text, "changes": changes, **_point(each)}


def _point(each: Moved) -> dict[str, int]:
    return {**_counts(each.counts), "more_eligible": each.more_eligible, "more_possible": each.more_possible}


def _sweep(curve: Curve, survey: Survey) -> dict[str, Any]:
    sweep = curve.sweep
    return {
        "criterion": sweep.criterion.id,
        "number": number_words(sweep.number, survey.trial.vocabulary),
        "stated": [str(amount) for amount in sweep.number.stated],
        "unit": sweep.amounts[0].unit,
        "own": str(sweep.own.number) if sweep.own else None,
        "points": [
            {"amount": str(amount.number), **_point(point)}
            for amount, point in zip(sweep.amounts, curve.points, strict=True)
        ],
    }


def write_funnel(survey: Survey, write: Write) -> None:
    """One JSON object, indented."""
    write(orjson.dumps(funnel_dict(survey), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def write_funnel_rows(survey: Survey, write: Write) -> None:
    """A row of heads, then one row for each number: part of the survey, whose it is, and what it measures."""
    write(as_csv([HEADS, *_rows(funnel_dict(survey))]))


def _rows(found: Mapping[str, Any]) -> Iterator[tuple[object, ...]]:
    for key in ("trial", "protocol", "on", "synthetic"):
        yield "about", found["trial"], "", key, found[key]
    yield from _measures("all", "", "", {key: found[key] for key in ("people", *Counts._fields)})
    for part, (item, beside) in _PARTS.items():
        for each in found[part] or ():
            yield from _measures(part, each[item], each[beside] if beside else "", each)
    for each in found["moves"]:
        told = "; ".join(f"{change['number']}: {' or '.join(change['is'])}" for change in each["changes"])
        yield from _measures("moves", each["criterion"], told, each)
    for sweep in found["sweeps"]:
        for point in sweep["points"]:
            yield from _measures("sweeps", sweep["criterion"], f"{point['amount']} {sweep['unit']}".strip(), point)


_PARTS = {
    "criteria": ("id", ""), "pairs": ("first", "second"), "wanted": ("name", "text"), "sites": ("site", ""),
    "months": ("month", ""), "site_months": ("site", "month"),
}  # fmt: skip


def _measures(part: str, item: str, beside: str, numbers: Mapping[str, Any]) -> Iterable[tuple[object, ...]]:
    return [(part, item, beside, key, value) for key, value in numbers.items() if isinstance(value, int)]
