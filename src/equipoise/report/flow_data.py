"""The flow and the deviations as data: one JSON object, or rows of CSV."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import orjson

from ..conduct.deviation import Deviation
from ..conduct.deviations import KINDS, SOURCE, Imaging
from ..conduct.flow_boxes import Box, Flow
from ..protocol.model import Protocol
from .data import Write, as_csv
from .flow_words import CONSORT

FLOW_HEADS = ("phase", "arm", "box", "of", "label", "number", "people", "on", "entry", "trial", "protocol", "synthetic")
DEVIATION_HEADS = (
    "on", "person", "site", "kind", "label", "severity", "rule", "sentence", "entries", "asked_on", "trial", "protocol",
    "synthetic",
)  # fmt: skip


# ---------------------------------------------------------------- the flow
def flow_dict(found: Flow) -> dict[str, Any]:
    """The flow as plain data: every box with its people, and where everybody is."""
    return {
        "trial": found.acronym, "protocol": found.protocol, "on": found.on.isoformat(), "entry": found.head,
        "synthetic": found.synthetic, "blind": found.blind, "source": CONSORT,
        "boxes": [{"phase": phase, "arm": arm, **_box(box)} for phase, arm, box in found.boxes],
        "people": [
            {
                "person": each.person, "site": each.site, **({} if found.blind else {"arm": each.arm}),
                "where": each.box, "since": each.since.isoformat() if each.since else None, "why": each.why,
                "entries": list(each.entries),
            }
            for each in found.everybody
        ],
    }  # fmt: skip


def _box(box: Box) -> dict[str, Any]:
    return {
        "id": box.id, "label": box.label, "number": box.count, "people": list(box.people), "splits": box.splits,
        "parts": [_box(part) for part in box.parts],
    }  # fmt: skip


def write_flow(found: Flow, write: Write) -> None:
    """One JSON object, indented."""
    write(orjson.dumps(flow_dict(found), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def write_flow_rows(found: Flow, write: Write) -> None:
    """A row of heads, then one row a box; of: the box that it is a part of."""
    common = (found.on.isoformat(), found.head, found.acronym, found.protocol, found.synthetic)
    rows = [(phase, arm, *row, *common) for phase, arm, box in found.boxes for row in _rows(box, "")]
    write(as_csv([FLOW_HEADS, *rows]))


def _rows(box: Box, of: str) -> Iterator[tuple[str, str, str, int, str]]:
    yield box.id, of, box.label, box.count, " ".join(box.people)
    for part in box.parts:
        yield from _rows(part, box.id)


# ---------------------------------------------------------------- the deviations
def deviations_dict(
    found: Sequence[Deviation], trial: Protocol, on: date, images: Sequence[Imaging], synthetic: bool
) -> dict[str, Any]:
    """The deviations as plain data, with the table of kinds that they were found by."""
    return {
        "trial": trial.acronym, "protocol": trial.digest, "on": on.isoformat(), "synthetic": synthetic,
        "source": SOURCE,
        "kinds": {
            kind.id: {"label": kind.label, "severity": kind.severity, "rule": kind.rule} for kind in KINDS.values()
        },
        "deviations": [
            {
                "on": each.on.isoformat(), "person": each.person, "site": each.site, "kind": each.kind,
                "severity": each.severity, "rule": each.rule, "sentence": each.sentence, "entries": list(each.entries),
            }
            for each in found
        ],
        "imaging": [row._asdict() for row in images],
    }  # fmt: skip


def write_deviations(
    found: Sequence[Deviation], trial: Protocol, on: date, images: Sequence[Imaging], synthetic: bool, write: Write
) -> None:
    """One JSON object, indented."""
    data = deviations_dict(found, trial, on, images, synthetic)
    write(orjson.dumps(data, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def write_deviation_rows(found: Sequence[Deviation], trial: Protocol, on: date, synthetic: bool, write: Write) -> None:
    """A row of heads, then one row a deviation, by day."""
    rows = (
        (
            each.on.isoformat(), each.person, each.site, each.kind, KINDS[each.kind].label, each.severity, each.rule,
            each.sentence, " ".join(map(str, each.entries)), on.isoformat(), trial.acronym, trial.digest, synthetic,
        )
        for each in found
    )  # fmt: skip
    write(as_csv([DEVIATION_HEADS, *rows]))
