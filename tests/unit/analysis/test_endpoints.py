"""Rows: what stands in them, the words of their reasons, the blind reader, and who has none yet."""

from dataclasses import replace
from datetime import date

from tests.unit.analysis.outcomes import CUT, NELMAS, RANDOMISED, clear, person, recurrence, row

from equipoise.analysis.endpoints import rows_of, was_randomised
from equipoise.analysis.rows import Interval
from equipoise.participant.record import Participant

DFS = NELMAS.analysis.endpoint("dfs")


def test_a_row_names_the_person_the_time_and_the_entries() -> None:
    found = row("dfs", clear("2026-06-02"), recurrence("2026-09-02"))
    assert (found.person, found.endpoint, found.arm, found.stratum) == ("the person", "dfs", "Arm 1", "G1|R0")
    assert (found.origin, found.on) == (RANDOMISED, date(2026, 9, 2))
    assert (found.days, found.event, found.interval) == (184, 1, Interval(92, 184))
    assert found.entries == (5, 12), "the allocation, and the recurrence"


def test_an_event_is_told_in_a_sentence() -> None:
    assert row("dfs", recurrence("2026-09-02")).reason == (
        "Event on day 184 (2 September 2026): recurrence on 2 September 2026 (in the liver: yes; confirmed: yes)."
    )


def test_a_censoring_is_told_with_its_source_and_why() -> None:
    found = row("dfs", clear("2026-06-02"), acts='{ withdrawn = "visits", on = 2026-07-01 }')
    assert found.reason == (
        "Censored on day 92 (2 June 2026): disease assessment on 2 June 2026 (result: no evidence of disease); "
        "the person withdrew on 1 July 2026."
    )
    assert found.entries == (5, 11, 12), "the allocation, the scan, and the withdrawal"


def test_a_competing_event_is_called_so() -> None:
    assert row("hepatic_dfs", recurrence("2026-09-02", liver="no")).reason.startswith("Competing event on day 184")


def test_a_blind_row_tells_no_arm_and_all_else() -> None:
    open_, blind = row("dfs", recurrence("2026-09-02")), row("dfs", recurrence("2026-09-02"), blind=True)
    assert blind == replace(open_, arm="")


def test_who_is_randomised_after_the_cut_has_no_row_yet() -> None:
    known = person()
    nobody = Participant("P9", "S1")
    assert rows_of(NELMAS, [known, nobody], DFS, date(2026, 3, 1)) == ()
    assert len(rows_of(NELMAS, [known, nobody], DFS, RANDOMISED)) == 1
    assert not was_randomised(nobody, CUT)


def test_a_question_to_the_site_names_the_fact_and_what_is_not_known() -> None:
    (question,) = row("dfs", '{ recurrence = { liver = "yes" }, on = 2026-09-02 }').open
    assert question == (
        "Not counted, since it is not known whether it is an event: recurrence on 2 September 2026 "
        "(in the liver: yes): no confirmed (recurrence) on record."
    )


def test_a_question_after_the_event_could_change_nothing_and_is_not_asked() -> None:
    later = '{ recurrence = { liver = "yes" }, on = 2026-12-02 }'
    assert row("dfs", recurrence("2026-09-02"), later).open == ()
    assert len(row("dfs", recurrence("2027-09-02"), later).open) == 1


def test_a_doubted_fact_is_no_event_and_is_asked_about() -> None:
    doubted = '{ recurrence = { confirmed = "yes" }, on = 2026-09-02, doubt = "the report is preliminary" }'
    found = row("dfs", clear("2026-06-02"), doubted)
    assert found.event == 0 and "the report is preliminary" in found.open[0]


def test_a_later_statement_that_there_was_none_leaves_it_open() -> None:
    found = row("dfs", clear("2026-06-02"), recurrence("2026-09-02"), '{ recurrence = "none", on = 2026-12-02 }')
    assert found.event == 0 and "another entry says that there was none" in found.open[0]


def test_the_arm_that_is_given_is_that_of_the_allocation() -> None:
    assert row("dfs", arm="Arm 2").arm == "Arm 2"
