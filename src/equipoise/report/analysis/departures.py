"""Deviations from the protocol by kind and arm, and whether imaging was equal in the arms."""

from typing import Final

from ...conduct.deviations import KINDS, SOURCE, imaging
from .cut import RANDOMISED, Cut
from .table import Column, Row, Table, cell, counts, heading, row

_SEVERITIES: Final = {"important": "Important", "minor": "Other"}


def deviations_table(cut: Cut) -> Table:
    """For each kind of deviation how many people have one, the important kinds first."""
    inside = frozenset(course.person for course in cut.people)
    found = [each for each in cut.deviations if each.person in inside]
    columns = cut.columns("Kind")
    rows: list[Row] = []
    for severity, label in _SEVERITIES.items():
        own = [each for each in found if each.severity == severity]
        if own:
            rows.append(heading(label, len(columns)))
            rows.append(row("any of these", *cut.counted(each.person for each in own), deep=1))
        for kind in (each for each in KINDS.values() if each.severity == severity):
            having = [each.person for each in own if each.kind == kind.id]
            if having:
                rows.append(row(kind.label, *cut.counted(having), deep=1))
    ours = f"Found by rule, not judged by a person. Important as in {SOURCE}; which kinds are is ours, not from "
    return Table(
        "deviations", "Deviations from the protocol: people", RANDOMISED, cut.stamp, columns, tuple(rows),
        (f"{ours}{cut.trial.acronym}.",), "No deviation is found by rule.",
    )  # fmt: skip


def imaging_table(cut: Cut) -> Table | None:
    """The imaging that was due and that was missed in each arm; None where arms are hidden."""
    if cut.blind:
        return None
    rows = tuple(
        row(each.arm, cell(each.people), cell(each.due), counts(each.missed, each.due), counts(each.outside, each.due))
        for each in imaging(cut.state, cut.trial, cut.cutoff)
        if each.people
    )
    columns = (
        Column("arm", "Arm", False), Column("people", "People"), Column("due", "Scans due"),
        Column("missed", "Missed"), Column("outside", "Outside their window"),
    )  # fmt: skip
    return Table(
        "imaging", "Is imaging equal in the arms?", RANDOMISED, cut.stamp, columns, rows,
        ("Unequal imaging finds recurrences earlier in one of the arms.",), "Nobody was randomised.",
    )  # fmt: skip
