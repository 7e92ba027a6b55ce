"""The words that every rendering of the flow and of the deviations shares."""

from collections.abc import Sequence
from typing import Final

from ..conduct.deviation import Deviation
from ..conduct.deviations import KINDS, SOURCE, Imaging
from ..conduct.flow_boxes import Flow
from ..dates import day_text
from .words import STATEMENT, counted, people_counted, short

SIMULATION: Final = "Simulation: made-up people"
BLINDED: Final = "Blinded: all arms together, without anything that tells an arm."
CONSORT: Final = "Boxes as in CONSORT 2025 (Hopewell S et al., BMJ 2025;389:e081123, figure 1)."
CRITERIA: Final = "Several criteria can stand against one person."
NONE_FOUND: Final = "No deviation is found by rule."


def flow_title(found: Flow) -> str:
    return f"{found.acronym}: flow of {people_counted(found.assessed.count)} on {day_text(found.on)}"


def flow_foot(found: Flow) -> str:
    """Of which ledger and protocol it is, by which boxes, and what it is not."""
    return (
        f"Ledger up to entry {found.head:,}. Protocol {found.acronym} {short(found.protocol)}. {CONSORT} {CRITERIA} "
        f"{STATEMENT}"
    )


def deviations_title(acronym: str, found: Sequence[Deviation], on: str) -> str:
    important = sum(each.severity == "important" for each in found)
    return f"{acronym}: {counted(len(found), 'deviation')} up to {on}, {important:,} of them important"


def imaging_words(row: Imaging) -> str:
    """ "Arm 1: 4 of 24 scans missed, 2 outside their window (8 people)"."""
    scans, people = counted(row.due, "scan"), people_counted(row.people)
    whose = "its" if row.outside == 1 else "their"
    return f"{row.arm}: {row.missed:,} of {scans} missed, {row.outside:,} outside {whose} window ({people})"


def kinds_found(found: Sequence[Deviation]) -> dict[str, list[Deviation]]:
    """The deviations by kind, in the order of the table; kinds that nobody shows are left out."""
    return {kind: them for kind in KINDS if (them := [each for each in found if each.kind == kind])}


def severity_words() -> str:
    return f"Important as in {SOURCE}; which kinds are important is ours."
