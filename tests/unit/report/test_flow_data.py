"""The flow and the deviations as data: nothing lost between boxes and JSON or CSV, and no arm where it is blinded."""

import csv
import io
import json
from datetime import date
from functools import cache

from tests.running import Running, fact, nelmas, opened

from equipoise.conduct.deviations import KINDS, deviations, imaging
from equipoise.conduct.flow import flow
from equipoise.participant.moves import Standing
from equipoise.participant.record import number_of
from equipoise.report.flow_data import write_deviation_rows, write_deviations, write_flow, write_flow_rows

ON = date(2026, 6, 1)


@cache
def running() -> Running:
    made = opened("Arm 2")
    for number in range(1, 4):
        made.bring(f"P{number}", Standing.RANDOMISED)
    made.trial.withdraw("site", "P1", "all", "=no, thanks")
    wrong = number_of(made.trial.person("P2").of_concept("haemoglobin")[0])
    made.trial.correct("site", "P2", wrong, fact(date(2026, 5, 12), haemoglobin="7.1 g/dL"), "typed wrong")
    return made


def test_the_json_of_a_flow_holds_every_box_and_person() -> None:
    found, written = flow(running().trial.state, nelmas(), ON), io.BytesIO()
    write_flow(found, written.write)
    data = json.loads(written.getvalue())
    assert [(box["phase"], box["arm"], box["id"], box["number"]) for box in data["boxes"]] == [
        (phase, arm, box.id, box.count) for phase, arm, box in found.boxes
    ]
    assert all(box["number"] == len(box["people"]) for box in data["boxes"])
    assert [each["person"] for each in data["people"]] == ["P1", "P2", "P3"]
    assert (data["trial"], data["on"], data["synthetic"], data["blind"]) == ("NELMAS", "2026-06-01", True, False)


def test_the_csv_of_a_flow_adds_up_part_by_part() -> None:
    written = io.BytesIO()
    write_flow_rows(flow(running().trial.state, nelmas(), ON), written.write)
    rows = list(csv.DictReader(io.StringIO(written.getvalue().decode())))
    now = {row["arm"]: int(row["number"]) for row in rows if row["box"] == "now"}
    for arm, number in now.items():
        assert number == sum(int(row["number"]) for row in rows if (row["of"], row["arm"]) == ("now", arm))
    assert {row["synthetic"] for row in rows} == {"true"}


def test_no_data_of_a_blinded_flow_name_an_arm() -> None:
    found = flow(running().trial.state, nelmas(), ON, blind=True)
    for write in (write_flow, write_flow_rows):
        written = io.BytesIO()
        write(found, written.write)
        text = written.getvalue().decode()
        assert "Arm" not in text and "thanks" not in text


def test_the_json_of_deviations_holds_the_table_and_the_imaging() -> None:
    state, written = running().trial.state, io.BytesIO()
    found, images = deviations(state, nelmas(), ON), imaging(state, nelmas(), ON)
    write_deviations(found, nelmas(), ON, images, True, written.write)
    data = json.loads(written.getvalue())
    assert list(data["kinds"]) == list(KINDS)
    assert [each["rule"] for each in data["deviations"]] == ["E8"]
    assert [row["arm"] for row in data["imaging"]] == ["Arm 1", "Arm 2"]


def test_the_csv_of_deviations_has_a_row_each() -> None:
    written = io.BytesIO()
    write_deviation_rows(deviations(running().trial.state, nelmas(), ON), nelmas(), ON, True, written.write)
    (row,) = csv.DictReader(io.StringIO(written.getvalue().decode()))
    assert (row["person"], row["kind"], row["severity"], row["rule"]) == ("P2", "ineligible", "important", "E8")
    assert row["sentence"].endswith("haemoglobin 7.1 g/dL on 12 May 2026 is below 8.0 g/dL.")
