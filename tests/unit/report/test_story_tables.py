"""The tables as CSV: one row a person, visit, dose, event and deviation; every row says that its person is made up."""

import csv
import io

import pytest
from tests.told import ON, played

from equipoise.report.story_data import Story, told
from equipoise.report.story_tables import tables

STATE, TRIAL = played().trial.state, played().trial.protocol


def rows(story: Story, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(tables(story)[name].decode())))


@pytest.mark.parametrize("blind", [False, True])
def test_every_row_of_every_table_is_marked(blind: bool) -> None:
    story = told(STATE, TRIAL, ON, blind)
    for name in tables(story):
        assert {row["data"] for row in rows(story, name)} == {story.mark}, name


def test_the_rows_are_those_of_the_story() -> None:
    story = told(STATE, TRIAL, ON)
    people = {row["person"]: row for row in rows(story, "participants.csv")}
    assert list(people) == [course.person for course in story.people]
    assert (people["P4"]["standing"], people["P4"]["recurrence"], people["P4"]["ended"]) == (
        "dead", "2026-09-20", "2026-11-30",
    )  # fmt: skip
    assert (people["P3"]["arm"], people["P3"]["dose_1"], people["P3"]["dose_2"]) == ("Arm 2", "2026-07-01", "")
    visits = rows(story, "visits.csv")
    assert len(visits) == sum(len(course.visits) for course in story.people if course.randomised)
    assert {row["origin"] for row in visits if row["slot"] == "follow_up.1"} == {"ours, not from NELMAS"}
    (dose,) = [row for row in rows(story, "doses.csv") if row["what"] == "given"]
    assert (dose["person"], dose["level"], dose["activity"], dose["time"], dose["override"]) == (
        "P3", "full", "7.4 GBq", "late", "the product came late",
    )  # fmt: skip
    assert len(rows(story, "deviations.csv")) == len(story.deviations)
    assert [(row["event"], row["grade"], row["serious"]) for row in rows(story, "adverse_events.csv")] == [
        ("fatigue", "1", "no"), ("infection", "3", "yes"),
    ]  # fmt: skip


def test_blind_there_is_no_arm_no_dose_and_no_word_on_causality() -> None:
    written = tables(told(STATE, TRIAL, ON, blind=True))
    assert "doses.csv" not in written
    heads = {name: content.decode().splitlines()[0].split(",") for name, content in written.items()}
    assert not any({"arm", "related", "dose_1"} & set(head) for head in heads.values())
