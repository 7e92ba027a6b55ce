"""What a warehouse holds that this protocol does not use: counted by table, the commonest codes named."""

from collections import Counter
from typing import Any

from ...facts import Reading, Unread
from ...faults import Fault
from . import sql
from .meanings import Meanings
from .tables import CLINICAL, COUNTED
from .warehouse import Warehouse

_TABLE_OF = {
    "Observation": "measurement or observation", "Condition": "condition_occurrence",
    "Procedure": "procedure_occurrence", "MedicationStatement": "drug_exposure", "MedicationRequest": "drug_exposure",
}  # fmt: skip


def account(warehouse: Warehouse, meanings: Meanings, passed_over: Counter[str]) -> Reading:
    """A Reading without people: one entry for each table of which something was not used, or that is not there.

    passed_over: rows that were looked at and set aside, by the kind of FHIR resource that they were read as.
    """
    told: list[Unread] = []
    read = 0
    for name in sql.readable(warehouse):
        found = list(warehouse.rows(sql.unused(warehouse, name, meanings.matched.get(name, ()))))
        if found:
            read += found[0][3]
            told.append(_codes_not_used(name, found, meanings))
        if nobody := _count(warehouse, name, without_person=True):
            why = "they do not say whom they are about (no person_id)"
            told.append(Unread(name, f"{nobody:,} row{'s' * (nobody > 1)} of {name}", why, "no person"))
    for kind, number in passed_over.items():
        what = f"{number:,} row{'s' * (number > 1)} of {_TABLE_OF.get(kind, kind)}"
        told.append(Unread(_TABLE_OF.get(kind, kind), what, "nothing else in them makes them count", "code not used"))
    for name in COUNTED:
        if name not in warehouse.tables:
            continue
        try:
            number = _count(warehouse, name)
        except Fault as fault:  # a table that nobody needs must not end the reading
            told.append(Unread(name, name, f"its rows cannot be counted: {fault}", "not counted"))
            continue
        if number:
            read += number
            what = f"{number:,} row{'s' * (number > 1)} of {name}"
            told.append(Unread(name, what, "this protocol uses nothing that they say", "not used"))
    told += _absent(warehouse)
    return Reading({}, (), tuple(told), read)


def _absent(warehouse: Warehouse) -> list[Unread]:
    """The tables that are not there, or say neither whom nor what a row is about."""
    readable = sql.readable(warehouse)
    absent = [name for name in (*CLINICAL, "death") if name not in warehouse.tables]
    told = [
        Unread(name, name, "the table lacks person_id or its concept_id: none of its rows was read", "no such column")
        for name in CLINICAL
        if name in warehouse.tables and name not in readable
    ]
    if absent:
        why = "the warehouse has no such table: nothing of its kind is known of anybody"
        told.append(Unread(warehouse.name, ", ".join(absent), why, "no such table"))
    return told


def _count(warehouse: Warehouse, name: str, without_person: bool = False) -> int:
    table = warehouse.tables[name]
    query = sql.without_person(table) if without_person else sql.how_many(table)
    return int(next(iter(warehouse.rows(query)))[0])


def _codes_not_used(name: str, found: list[Any], meanings: Meanings) -> Unread:
    """found: (concept, code in the source, number of rows, rows in all, codes in all), the commonest first."""
    meanings.learn(concept for concept, *_ in found)
    rows, codes = found[0][3], found[0][4]
    listed = [_named(concept, written, number, meanings) for concept, written, number, *_ in found]
    rest = f" and {codes - len(found):,} more" if codes > len(found) else ""
    what = f"{rows:,} row{'s' * (rows > 1)} of {name} with {codes:,} code{'s' * (codes > 1)}"
    return Unread(name, what, f"codes that this protocol does not use: {', '.join(listed)}{rest}", "code not used")


def _named(concept: int, written: str | None, number: int, meanings: Meanings) -> str:
    found = meanings.concept(concept)
    shown = f"{found.vocabulary} {found.code} {found.name}".strip() or written or f"concept {concept}"
    return f"{shown} ({number:,})" if number > 1 else shown
