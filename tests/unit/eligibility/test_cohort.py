"""Many people at once: what is asked, in which portions, and going on after a kill."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb
import pytest

from equipoise.eligibility.cohort import (
    OUTCOMES,
    SIGN,
    Asking,
    FactsOf,
    asking_of,
    batches,
    by_reference,
    judge_all,
    outcome_sql,
)
from equipoise.eligibility.lake import Part
from equipoise.eligibility.verdict import Judgement, outcome_of
from equipoise.faults import Fault
from equipoise.protocol.load import load_trial
from equipoise.rules.findings import Finding
from equipoise.rules.nodes import Look, Moment
from equipoise.truth import FALSE, TRUE, UNKNOWN, Truth

from ..recruitment.asthma import COMPLETE, FIT, ON, TRIAL

NELMAS = load_trial("nelmas")


def parts(*counts: int) -> list[Part]:
    return [Part(number, Path(f"people-{number}"), count, {}, {}) for number, count in enumerate(counts)]


def test_what_is_asked_of_a_trial() -> None:
    asking = asking_of(NELMAS, ON, ["haemoglobin"])
    assert list(asking.rules) == [*NELMAS.ids, SIGN]
    assert (asking.on, asking.complete) == (ON, {"haemoglobin"})
    assert SIGN not in asking_of(TRIAL, ON).rules  # the sandbox trial names none
    with pytest.raises(Fault, match="haemoglobn"):
        asking_of(NELMAS, ON, ["haemoglobn"])


def test_what_the_reference_finds_of_one_person() -> None:
    moments = {"visit": Moment("visit", Look("baseline_visit")), "never": Moment("never", Look("biologic"))}
    found = by_reference(asking_of(TRIAL, ON, COMPLETE, moments), FIT)
    assert {name: found[name] for name in TRIAL.ids} == {name: 2 if name[0] == "I" else 0 for name in TRIAL.ids}
    assert (found["visit_lo"], found["visit_hi"]) == ("2026-05-04", "2026-05-04")
    assert (found["never_lo"], found["never_hi"]) == (None, None)
    assert by_reference(asking_of(TRIAL, date(2020, 1, 1)), [])["I1"] == 1


@pytest.mark.parametrize(
    ("counts", "at_once", "portions"),
    [
        ((5, 5, 5), 10, [(0, 1), (2,)]),
        ((5, 5, 5), 4, [(0,), (1,), (2,)]),  # a part is never cut
        ((5, 0, 7), 12, [(0, 1, 2)]),
        ((), 10, []),
    ],
)
def test_parts_are_judged_together_up_to_a_number_of_people(
    counts: Sequence[int], at_once: int, portions: list[tuple[int, ...]]
) -> None:
    found = [tuple(part.number for part in batch) for batch in batches(parts(*counts), at_once)]
    assert found == portions


TRUTHS = [
    ((TRUE, TRUE, TRUE, TRUE), (FALSE, FALSE, FALSE, FALSE, FALSE, FALSE)),
    ((TRUE, TRUE, TRUE, TRUE), (FALSE, UNKNOWN, FALSE, FALSE, FALSE, FALSE)),
    ((TRUE, UNKNOWN, TRUE, TRUE), (FALSE, UNKNOWN, FALSE, FALSE, FALSE, TRUE)),
    ((FALSE, TRUE, TRUE, TRUE), (FALSE, FALSE, FALSE, FALSE, FALSE, FALSE)),
]


@pytest.mark.parametrize(("wanted", "unwanted"), TRUTHS)
def test_the_outcome_by_sql(wanted: tuple[Truth, ...], unwanted: tuple[Truth, ...]) -> None:
    truths = dict(zip(TRIAL.ids, (*wanted, *unwanted), strict=True))
    codes = {FALSE: 0, UNKNOWN: 1, TRUE: 2}
    columns = ", ".join(f'{codes[truth]} AS "{name}"' for name, truth in truths.items())
    with duckdb.connect() as connection:
        ((code,),) = connection.execute(f"SELECT {outcome_sql(TRIAL)} FROM (SELECT {columns})").fetchall()
    assert OUTCOMES[code] is outcome_of(
        [Judgement(each, Finding(truths[each.id], each.rule), TRIAL.vocabulary) for each in TRIAL.criteria]
    )


class Counting:
    """An engine that writes down what it was asked, and breaks off when told to."""

    name, people_at_once = "counting", 10

    def __init__(self, breaks_at: int = -1) -> None:
        self.judged: list[tuple[int, ...]] = []
        self.breaks_at = breaks_at

    def judge(self, asking: Asking, parts: Sequence[Part], answers: Path, facts_of: FactsOf) -> None:
        self.judged.append(tuple(part.number for part in parts))
        answers.write_text("half" if parts[0].number == self.breaks_at else "whole")
        if parts[0].number == self.breaks_at:
            raise KeyboardInterrupt


def test_a_killed_run_goes_on_where_it_stopped(tmp_path: Path) -> None:
    asking, lake = asking_of(TRIAL, ON), parts(5, 5, 8, 3)
    first, second = Counting(breaks_at=2), Counting()
    with pytest.raises(KeyboardInterrupt):
        judge_all(first, asking, lake, tmp_path, lambda *_: {})
    assert [file.name for file in sorted(tmp_path.glob("*.parquet"))] == ["answers-0000-0001.parquet"]
    told: list[tuple[int, int]] = []
    judge_all(second, asking, lake, tmp_path, lambda *_: {}, lambda done, total: told.append((done, total)))
    assert (first.judged, second.judged) == ([(0, 1), (2,)], [(2,), (3,)])
    assert told == [(10, 21), (18, 21), (21, 21)]
    assert {file.read_text() for file in tmp_path.iterdir()} == {"whole"}
