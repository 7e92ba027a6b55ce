"""Standings and visits as data: rows of CSV, or one JSON object."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from ..conduct.schedule import OPEN
from .data import as_csv
from .standings import StandingRow, Standings
from .visits_words import Line, VisitList, lines


def standings_csv(found: Standings) -> bytes:
    """One row a person, below a row of heads."""
    return _csv(map(_standing, found.rows), _standing(StandingRow("", "", "", found.on, "", None)))


def standings_json(found: Standings) -> bytes:
    """One object: the trial, its protocol, the day, how far the ledger is read, and the people."""
    head = {
        "trial": found.trial.protocol.acronym, "protocol": found.trial.protocol.digest, "on": found.on.isoformat(),
        "position": found.position, "at": found.at, "synthetic": found.synthetic, "blind": found.blind,
    }  # fmt: skip
    return _json({**head, "people": list(map(_standing, found.rows))})


def _standing(row: StandingRow) -> dict[str, Any]:
    due = row.due
    window = due.window if due is not None else None
    return {
        "person": row.person, "site": row.site, "standing": row.standing, "since": row.since.isoformat(),
        "arm": row.arm, "next_visit": due.slot if due else "", "due": window.target.isoformat() if window else "",
        "last_day": window.last.isoformat() if window else "", "status": due.status if due else "",
    }  # fmt: skip


# ---------------------------------------------------------------- visits
_VISIT = ("person", "site", "visit", "label", "first_day", "due", "last_day", "days_left", "status", "done_on", "why")


def visits_csv(found: VisitList) -> bytes:
    """One row a visit, below a row of heads."""
    return _csv((_visit(line, found) for line in lines(found)), dict.fromkeys(_VISIT))


def visits_json(found: VisitList) -> bytes:
    """One object: the trial, its protocol, the day, and the visits."""
    head = {
        "trial": found.trial.acronym, "protocol": found.trial.digest, "on": found.on.isoformat(),
        "synthetic": found.synthetic,
    }  # fmt: skip
    return _json({**head, "visits": [_visit(line, found) for line in lines(found)]})


def _visit(line: Line, found: VisitList) -> dict[str, Any]:
    due, window = line.due, line.due.window
    days = [window.first, window.target, window.last] if window else [None, None, None]
    done = due.record.on if due.record is not None and due.record.done else None
    values = (
        line.person, line.site, due.slot, due.label, *(day.isoformat() if day else "" for day in days),
        due.days_left(found.on) if due.status in OPEN else None, due.status, done.isoformat() if done else "",
        due.because,
    )  # fmt: skip
    return dict(zip(_VISIT, values, strict=True))


def _csv(rows: Iterable[Mapping[str, Any]], heads: Mapping[str, Any]) -> bytes:
    return as_csv([heads.keys(), *(["" if cell is None else cell for cell in row.values()] for row in rows)])


def _json(data: Mapping[str, Any]) -> bytes:
    return orjson.dumps(data, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
