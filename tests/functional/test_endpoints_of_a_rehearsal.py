"""The rows of a rehearsal's ledger: everybody has one, the entries that they name say so, and arrays come of them."""

from datetime import date

import pytest

from equipoise.analysis.baseline import baseline_table, parts_of_subgroup
from equipoise.analysis.datasets import dataset, time_to_event_table
from equipoise.analysis.endpoints import rows_of
from equipoise.analysis.logrank import log_rank
from equipoise.analysis.populations import members
from equipoise.analysis.rows import Row
from equipoise.ledger.memory import MemoryStore
from equipoise.participant.record import Participant
from equipoise.participant.state import folded
from equipoise.protocol.load import load_trial
from equipoise.simulation.rehearsal import Rehearsal, Settings, salts
from equipoise.simulation.rehearsal_assumptions import load_rehearsal

NELMAS = load_trial("nelmas")
PLAN = NELMAS.analysis
PEOPLE = 12


@pytest.fixture(scope="module")
def played() -> Rehearsal:
    rehearsal = Rehearsal(NELMAS, load_rehearsal(NELMAS, "nelmas"), Settings(PEOPLE, 3), MemoryStore(salts(3)))
    rehearsal.run()
    return rehearsal


@pytest.fixture(scope="module")
def people(played: Rehearsal) -> list[Participant]:
    return list(played.trial.state.randomised)


@pytest.fixture(scope="module")
def rows(played: Rehearsal, people: list[Participant]) -> dict[str, tuple[Row, ...]]:
    return {each.id: rows_of(NELMAS, people, each, played.today) for each in PLAN.endpoints}


def test_everybody_randomised_has_one_row_for_each_endpoint(
    people: list[Participant], rows: dict[str, tuple[Row, ...]]
) -> None:
    assert len(people) == PEOPLE
    for found in rows.values():
        assert [row.person for row in found] == [each.person for each in people]
        assert {row.arm for row in found} == {"Arm 1", "Arm 2"}


def test_there_are_events_and_censorings_of_several_kinds(rows: dict[str, tuple[Row, ...]]) -> None:
    assert {row.event for row in rows["dfs"]} == {0, 1}
    assert "completed" in {row.why for row in rows["dfs"]}
    assert not any(row.open for found in rows.values() for row in found)


def test_the_entries_that_a_row_names_are_of_its_person_and_say_what_it_says(
    played: Rehearsal, rows: dict[str, tuple[Row, ...]]
) -> None:
    store = played.trial.store
    for row in rows["dfs"]:
        entries = [store.entry(number) for number in row.entries]
        assert {entry.subject for entry in entries} == {row.person}
        assert "randomised" in {entry.kind for entry in entries}
        if row.event:
            assert {entry.concept for entry in entries} & {"recurrence", "death"}


def test_disease_free_time_ends_no_later_than_life(rows: dict[str, tuple[Row, ...]]) -> None:
    for dfs, survival in zip(rows["dfs"], rows["os"], strict=True):
        assert dfs.days <= survival.days


def test_both_origins_end_on_the_same_day(rows: dict[str, tuple[Row, ...]]) -> None:
    for one, other in zip(rows["dfs"], rows["dfs_resection"], strict=True):
        if not other.left_out:
            assert (one.on, one.event) == (other.on, other.event)
            assert other.days - one.days == other.entry > 0


def test_an_earlier_cut_is_the_ledger_as_things_had_happened_by_then(
    played: Rehearsal, people: list[Participant]
) -> None:
    cut = date(2026, 1, 1)
    (endpoint,) = (each for each in PLAN.endpoints if each.id == "dfs")
    early = rows_of(NELMAS, people, endpoint, cut)
    assert 0 < len(early) < PEOPLE and all(row.on <= cut for row in early)


def test_an_earlier_position_of_the_ledger_gives_what_was_known_then(
    played: Rehearsal, rows: dict[str, tuple[Row, ...]]
) -> None:
    event = next(row for row in rows["dfs"] if row.event)
    before = folded(played.trial.store.entries(), played.trial.state.words, until=max(event.entries) - 1)
    (row,) = (
        each
        for each in rows_of(NELMAS, before.randomised, PLAN.endpoint("dfs"), played.today)
        if each.person == event.person
    )
    assert row.event == 0 and row.days <= event.days


def test_arrays_tables_and_baseline_come_of_it(
    played: Rehearsal, people: list[Participant], rows: dict[str, tuple[Row, ...]]
) -> None:
    found = dataset(NELMAS, rows["dfs"])
    assert len(found.people) == PEOPLE and log_rank(found.compared()).observed[0] >= 0
    table = time_to_event_table(NELMAS, PLAN.endpoint("dfs"), rows["dfs"])
    assert sum(each["CNSR"] == 0 for each in table) == int((found.event == 1).sum())
    for _, groups in baseline_table(NELMAS, people):
        assert groups[""].known + groups[""].missing == PEOPLE
        assert groups["Arm 1"].known + groups["Arm 2"].known == groups[""].known
    for subgroup in PLAN.subgroups:
        assert all(part.level for part in parts_of_subgroup(NELMAS, people, subgroup).values())
    itt, treated = (members(NELMAS, people, PLAN.population(name), played.today) for name in ("itt", "treated"))
    assert all(each.inside for each in itt) and len(treated) == PEOPLE
