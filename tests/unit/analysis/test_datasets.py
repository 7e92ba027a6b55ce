"""Rows as arrays, and as the table of CDISC: codes of arms and strata, who is left out, and who is blind."""

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.analysis.outcomes import NELMAS, clear, recurrence, row

from equipoise.analysis.datasets import arm_codes, dataset, time_to_event_table
from equipoise.analysis.rows import Row
from equipoise.faults import Fault

DFS = NELMAS.analysis.endpoint("dfs")


def rows() -> list[Row]:
    control = row("dfs", clear("2026-06-02"), recurrence("2026-09-02"))
    treated = row("dfs", clear("2026-12-02"), arm="Arm 2")
    other = replace(row("dfs", recurrence("2026-06-02"), arm="Arm 2"), strata={"grade": "G2", "margin": "R1"})
    named = zip("ABC", (control, treated, other), strict=True)
    return [replace(each, person=name) for name, each in named]


def test_the_experimental_arm_is_1() -> None:
    assert arm_codes(NELMAS) == {"Arm 1": 0, "Arm 2": 1}
    first_experimental = replace(NELMAS, arms=NELMAS.arms[::-1])
    assert arm_codes(first_experimental) == {"Arm 1": 0, "Arm 2": 1}
    unnamed = replace(NELMAS, arms=tuple(replace(arm, kind="Arm") for arm in NELMAS.arms))
    assert arm_codes(unnamed) == {"Arm 1": 0, "Arm 2": 1}, "no kind tells: the last"


def test_three_arms_are_not_compared() -> None:
    with pytest.raises(Fault, match="has 3 arms: the analysis compares two"):
        arm_codes(replace(NELMAS, arms=(*NELMAS.arms, NELMAS.arms[0])))


def test_rows_become_arrays() -> None:
    found = dataset(NELMAS, rows())
    assert found.people == ("A", "B", "C") and found.strata == ("G1|R0", "G2|R1")
    assert found.time.tolist() == [184, 275, 92] and found.event.tolist() == [1, 0, 1]
    assert found.arm.tolist() == [0, 1, 1] and found.stratum.tolist() == [0, 0, 1]
    assert found.left.tolist() == [92, 275, 0] and found.right.tolist() == [184, np.inf, 92]
    assert not found.blind and not found.competing
    assert found.compared().strata == 2 and found.compared(stratified=False).strata == 1
    assert found.compared().events == (1, 1)


def test_only_the_people_of_a_population() -> None:
    assert dataset(NELMAS, rows(), ["A", "C", "nobody"]).people == ("A", "C")


def test_a_row_that_cannot_be_analysed_is_left_out_and_kept_apart() -> None:
    unseen = row("dfs_resection", arm="Arm 2")
    found = dataset(NELMAS, [*rows(), unseen])
    assert unseen.left_out and len(found.people) == 3 and found.left_out == (unseen,)


def test_a_delayed_entry_is_in_the_arrays() -> None:
    found = dataset(NELMAS, [row("dfs_resection", recurrence("2026-09-02"))])
    assert (found.entry.tolist(), found.time.tolist()) == ([42], [226])


def test_a_competing_event_is_censored_when_arms_are_compared() -> None:
    outside = row("hepatic_dfs", recurrence("2026-09-02", liver="no"))
    inside = row("hepatic_dfs", recurrence("2026-09-02"), arm="Arm 2")
    found = dataset(NELMAS, [outside, inside])
    assert found.competing and found.event.tolist() == [2, 1] and found.compared().events == (0, 1)


def test_blind_rows_cannot_be_compared_and_can_be_pooled() -> None:
    found = dataset(NELMAS, [replace(each, arm="") for each in rows()])
    assert found.blind and found.arm.tolist() == [0, 0, 0]
    with pytest.raises(Fault, match="The arms are hidden"):
        found.compared()
    assert found.pooled().time.tolist() == [92, 184, 275] and found.pooled().event.tolist() == [1, 1, 0]


def test_nobody_gives_empty_arrays() -> None:
    assert dataset(NELMAS, []).people == ()


# ---------------------------------------------------------------- the table
def test_the_table_has_the_names_of_cdisc() -> None:
    first, second, _ = time_to_event_table(NELMAS, DFS, rows())
    assert {key: first[key] for key in ("STUDYID", "USUBJID", "PARAMCD", "AVAL", "CNSR", "STARTDT", "ADT")} == {
        "STUDYID": "NELMAS", "USUBJID": "A", "PARAMCD": "DFS", "AVAL": 184, "CNSR": 0, "STARTDT": "2026-03-02",
        "ADT": "2026-09-02",
    }  # fmt: skip
    assert (first["EVNTDESC"], first["CNSDTDSC"], first["TRT01P"]) == ("recurrence", "", "Arm 1")
    assert (first["STRATA1"], first["STRATA2"]) == ("G1", "R0")
    assert (second["CNSR"], second["CNSDTDSC"], second["EVNTDESC"]) == (1, "data_cut", "last disease assessment")


def test_a_competing_event_and_a_missing_origin_in_the_table() -> None:
    endpoint = NELMAS.analysis.endpoint("hepatic_dfs")
    competing = row("hepatic_dfs", recurrence("2026-09-02", liver="no"))
    assert time_to_event_table(NELMAS, endpoint, [competing])[0]["CNSR"] == 2
    unknown = replace(competing, origin=None, left_out="The time cannot be told.")
    told = time_to_event_table(NELMAS, endpoint, [unknown])[0]
    assert (told["STARTDT"], told["AVAL"], told["LEFTOUT"]) == ("", "", "The time cannot be told.")
