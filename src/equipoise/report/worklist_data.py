"""The worklist as data: one JSON object, or one row of CSV a person."""

from datetime import date
from typing import Any

import orjson

from ..dates import EARLIEST, LATEST
from ..eligibility.verdict import Need
from ..recruitment.worklist import Due, Item, Worklist
from .data import Write, as_csv
from .worklist_words import asked_of, last_day, made_up, standing_words, turn_words

HEADS = (
    "days_left", "last_day", "person", "site", "standing", "verdict", "candidate", "deadline", "earliest_from",
    "earliest_to", "latest_from", "latest_to", "to_find", "ask_site", "ask_person", "ask_investigator", "warnings",
    "changes_by_itself", "on", "trial", "protocol", "synthetic",
)  # fmt: skip


def worklist_dict(found: Worklist) -> dict[str, Any]:
    """The whole list as plain data; docs/how-to/worklist.md describes the shape."""
    return {
        "trial": found.trial.acronym,
        "protocol": found.trial.digest,
        "on": found.on.isoformat(),
        "synthetic": found.synthetic,
        "items": [_item(item) for item in found.items],
        "passed": {why: found.passed.get(why, 0) for why in ("ineligible", "too_late", "no_sign")},
    }


def _item(item: Item) -> dict[str, Any]:
    last, change = last_day(item), item.next_change
    return {
        "person": item.person,
        "site": item.site,
        "verdict": item.verdict.outcome.value,
        "candidate": item.verdict.candidate,
        "opens": item.opens.on.isoformat() if item.opens else None,
        "days_left": item.days_left,
        "last_day": last.isoformat() if last else None,
        "deadlines": [_due(due) for due in item.dues],
        "to_find": [_need(need) for need in item.verdict.to_find],
        "to_ask": [_need(need) for need in item.verdict.to_ask],
        "warnings": [notice.message for notice in item.verdict.notices],
        "next_change": None if change is None else {
            "on": change.on.isoformat(), "verdict": change.outcome.value, "candidate": change.candidate,
            "because": change.because,
        },
    }  # fmt: skip


def _due(due: Due) -> dict[str, Any]:
    """Its first and last day, each from the earliest that it may be to the latest; None where there is no such."""
    days = {
        f"{name}_{end}": date.fromordinal(day).isoformat() if EARLIEST < day < LATEST else None
        for name, span in (("earliest", due.first), ("latest", due.last))
        for end, day in (("from", span.lo), ("to", span.hi))
    }
    return {"id": due.deadline.id, "label": due.deadline.label, **days}


def _need(need: Need) -> dict[str, Any]:
    return {"name": need.name, "text": need.text, "who": need.who, "criteria": list(need.criteria)}


def write_worklist(found: Worklist, write: Write) -> None:
    """One JSON object, indented."""
    write(orjson.dumps(worklist_dict(found), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def write_worklist_rows(found: Worklist, write: Write) -> None:
    """A row of heads, then one row a person, the most urgent first. Of several deadlines, the one that ends first."""
    write(as_csv([HEADS, *(_row(item, found) for item in found.items)]))


def _row(item: Item, found: Worklist) -> list[object]:
    due = min(item.dues, key=lambda each: each.last.lo, default=None)
    days = [each or "" for each in list(_due(due).values())[1:]] if due is not None else [""] * 5
    last = last_day(item)
    to_find = [need.text for need in item.verdict.to_find if need.who == "record"]
    return [
        "" if item.days_left is None else item.days_left, "" if last is None else last.isoformat(),
        item.person, item.site, standing_words(item), item.verdict.outcome.value, item.verdict.candidate, *days,
        *("; ".join(words) for words in (to_find, _of_site(item), asked_of(item, "person"),
                                         asked_of(item, "investigator"))),
        " ".join(notice.message for notice in item.verdict.notices), turn_words(item),
        found.on.isoformat(), found.trial.acronym, found.trial.digest, made_up(found) != "",
    ]  # fmt: skip


def _of_site(item: Item) -> list[str]:
    return [need.text for need in item.verdict.to_find if need.who == "site"]
