"""A stopping boundary and graded laboratory values as data: JSON, or rows of CSV."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

import orjson

from ..conduct.boundary import Boundary, Characteristics
from ..conduct.grades import Graded, Worst
from ..protocol.model import Protocol
from ..protocol.safety import Stopping
from ..rules.prose import value_text
from .data import Write, as_csv

Bounded = tuple[Stopping, Boundary, Sequence[Characteristics]]


def write_boundaries(trial: Protocol, found: Iterable[Bounded], write: Write) -> None:
    """One JSON object for each stopping rule, one a line."""
    for stopping, boundary, does in found:
        write(orjson.dumps(_boundary(trial, stopping, boundary, does), option=orjson.OPT_APPEND_NEWLINE))


def _boundary(
    trial: Protocol, stopping: Stopping, boundary: Boundary, does: Sequence[Characteristics]
) -> dict[str, Any]:
    return {
        "trial": trial.acronym, "protocol": trial.digest, "rule": stopping.id, "label": stopping.label,
        "arm": stopping.arm, "when": stopping.text, "ours": stopping.ours, "source": stopping.source,
        "method": boundary.method, "acceptable": str(stopping.acceptable),
        "prior": [str(number) for number in stopping.prior], "cutoff": str(stopping.cutoff),
        "alpha": str(stopping.alpha), "level": boundary.level,
        "looks": [
            {"people": look.people, "stop_at": look.stop_at if look.possible else None} for look in boundary.looks
        ],
        "characteristics": [
            {"rate": each.rate, "stops": each.stop, "early": each.early, "people": each.people, "events": each.events}
            for each in does
        ],
    }  # fmt: skip


def write_boundary_rows(found: Iterable[Bounded], write: Write) -> None:
    """One row for each number: (rule, part, at, measure, value); a look that cannot stop has an empty value."""
    write(as_csv([("rule", "part", "at", "measure", "value"), *_rows(found)]))


def _rows(found: Iterable[Bounded]) -> Iterator[tuple[Any, ...]]:
    for stopping, boundary, does in found:
        for look in boundary.looks:
            yield stopping.id, "look", look.people, "stop_at", look.stop_at if look.possible else ""
        for each in does:
            for measure in ("stop", "early", "people", "events"):
                yield stopping.id, "true rate", each.rate, measure, getattr(each, measure)


def write_grades(
    trial: Protocol, person: str, on: date, graded: Iterable[Graded], worst: Iterable[Worst], write: Write
) -> None:
    """One JSON object: the version in force, each value with its grade, and the worst of each concept."""
    whole = {
        "trial": trial.acronym, "protocol": trial.digest, "person": person, "on": on.isoformat(),
        "ctcae": trial.safety.ctcae or None,
        "values": [{**_value(trial, each), "sentence": each.sentence} for each in graded],
        "worst": [
            {"concept": each.concept, "grade": each.grade, "low": each.low, "high": each.high, "version": each.version,
             "sentence": each.sentence}
            for each in worst
        ],
    }  # fmt: skip
    write(orjson.dumps(whole, option=orjson.OPT_APPEND_NEWLINE))


def write_grade_rows(trial: Protocol, graded: Iterable[Graded], write: Write) -> None:
    """A row of heads, then one row for each value; `grade` is empty where it is not known."""
    rows = [_value(trial, each) for each in graded]
    heads = ("concept", "value", "first", "last", "grade", "low", "high", "version", "why", "source")
    write(as_csv([heads, *(["" if row[head] is None else row[head] for head in heads] for row in rows)]))


def _value(trial: Protocol, each: Graded) -> dict[str, Any]:
    fact = each.fact
    return {
        "concept": each.concept, "value": value_text(fact.value, trial.vocabulary[each.concept]),
        "first": fact.when.first.isoformat(), "last": fact.when.last.isoformat(), "grade": each.grade,
        "low": each.low, "high": each.high, "version": each.version, "why": each.why, "source": fact.source,
    }  # fmt: skip
