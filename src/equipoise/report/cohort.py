"""A large cohort as data and as text: everybody's truths, and sentences for those for whom they were asked."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any, Final

import orjson
from rich.console import RenderableType
from rich.text import Text

from ..dates import day_text
from ..eligibility.cohort import Answer
from ..eligibility.verdict import Outcome, Verdict
from ..protocol.model import Protocol
from .data import Write, as_csv, row_of
from .table import people_tables
from .text import dim, heading, indented
from .words import STATEMENT, SYNTHETIC, counted, people_counted, short

Explained = Iterable[tuple[Answer, Verdict | None]]
LISTED: Final = 200  # people of a large cohort that a page or a terminal lists


def write_answer_lines(trial: Protocol, on: date, answers: Explained, write: Write) -> None:
    """One JSON object a line: a verdict whole, or the truths alone of whom nothing more was asked."""
    for answer, verdict in answers:
        line = answer_dict(trial, on, answer) if verdict is None else verdict.as_dict()
        write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))


def answer_dict(trial: Protocol, on: date, answer: Answer) -> dict[str, Any]:
    """What is known of a person by an engine alone: as Verdict.as_dict, without what only the reference tells."""
    return {
        "person": answer.person,
        "on": on.isoformat(),
        "trial": trial.acronym,
        "verdict": answer.outcome.value,
        "candidate": None if answer.outcome is Outcome.UNDETERMINED else False,
        "criteria": {name: {"truth": truth.value} for name, truth in zip(trial.ids, answer.truths, strict=True)},
        "protocol": trial.digest,
    }


def write_answer_rows(trial: Protocol, on: date, answers: Explained, write: Write) -> None:
    """A row of heads, then one row a person; what only the reference tells stays empty where it was not asked."""
    for number, (answer, verdict) in enumerate(answers):
        row = answer_row(trial, on, answer) if verdict is None else row_of(verdict)
        write(as_csv([row.keys(), row.values()] if number == 0 else [row.values()]))


def answer_row(trial: Protocol, on: date, answer: Answer) -> dict[str, Any]:
    """The flat row of a person by an engine alone, with the heads of person.Screening.rows."""
    return {
        "person": answer.person,
        "on": on.isoformat(),
        "verdict": answer.outcome.value,
        "candidate": "" if answer.outcome is Outcome.UNDETERMINED else False,
        **{name: truth.value for name, truth in zip(trial.ids, answer.truths, strict=True)},
        "to_find": "", "to_ask": "", "next_change": "", "then": "",
        "protocol": trial.digest,
    }  # fmt: skip


def cohort_text(
    trial: Protocol, on: date, count: Mapping[str, int], verdicts: Iterable[Verdict], unread: Mapping[str, Any],
    synthetic: bool,
) -> list[RenderableType]:  # fmt: skip
    """The screening of a large cohort for a terminal: the counts, and the first of those who may enter."""
    people, shown = count["people"], count["open"]
    parts: list[RenderableType] = [heading(f"{trial.acronym}: {people_counted(people)} screened on {day_text(on)}")]
    if synthetic:
        parts.append(Text(SYNTHETIC, style="bold"))
    parts += ["", *_counts(count), ""]
    first = list(islice(verdicts, LISTED))
    parts += people_tables(first)
    if shown > len(first):
        parts.append(dim(f"and {shown - len(first):,} more who may enter: --format csv or json lists all of them."))
    parts += _unread(unread)
    parts += [dim(f"Protocol {trial.acronym} {short(trial.digest)}. {STATEMENT}")]
    return parts


def _counts(count: Mapping[str, int]) -> list[RenderableType]:
    nothing = count["eligible"] + count["undetermined"] - count["open"]
    rows: Sequence[tuple[int, str]] = (
        (count["eligible"], "eligible: every criterion is settled in favour"),
        (count["undetermined"], "not yet known"),
        (nothing, "of these not looked into, for want of a sign of the disease (not from the protocol's text)"),
        (count["ineligible"], "not eligible: at least one criterion stands against it"),
    )
    return [Text(f"{number:>10,}  {meaning}") for number, meaning in rows if number]


def _unread(kinds: Mapping[str, Any]) -> list[RenderableType]:
    """What could not be read, by kind with examples, as the store keeps it."""
    if not kinds:
        return []
    total = sum(kind.count for kind in kinds.values())
    parts: list[RenderableType] = [heading(f"Not read, or read with a remark: {counted(total, 'entry', 'entries')}")]
    for name, kind in sorted(kinds.items(), key=lambda each: -each[1].count):
        parts.append(indented(Text(f"{kind.count:>10,}  {name}")))
        parts += [indented(dim(example), 14) for example in kind.examples]
    return [*parts, ""]
