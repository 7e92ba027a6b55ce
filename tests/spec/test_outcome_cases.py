"""Every worked outcome of NELMAS gives the rows that its file expects; and no endpoint or ending is without a case."""

import pytest

from equipoise.analysis.outcome_cases import OutcomeCase, outcome_rows, read_outcome_cases, run_outcome_case
from equipoise.analysis.rows import WHY_CENSORED
from equipoise.faults import Mistakes
from equipoise.protocol.load import load_trial, trial_cases

NELMAS = load_trial("nelmas")
CASES = read_outcome_cases(NELMAS, trial_cases("nelmas", "outcomes"))
HEAD = 'about = "x"\nrandomised = 2026-03-02\ncut = 2027-03-02\narm = "Arm 1"\n'


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_case_gives_the_rows_that_it_expects(case: OutcomeCase) -> None:
    assert run_outcome_case(NELMAS, case) == [], f"{case.file}, line {case.line}"


def test_there_are_enough_and_no_two_have_one_name() -> None:
    names = [case.name for case in CASES]
    assert len(names) >= 25 and len(set(names)) == len(names)


def test_every_endpoint_has_cases_and_every_way_to_end_is_met() -> None:
    rows = [(name, row) for case in CASES for name, row in outcome_rows(NELMAS, case).items()]
    assert {name for name, _ in rows} == {each.id for each in NELMAS.analysis.endpoints}
    assert {row.event for _, row in rows} == {0, 1, 2}
    assert {row.why for _, row in rows} == WHY_CENSORED.keys()
    assert any(row.left_out for _, row in rows) and any(row.open for _, row in rows)


def test_a_case_that_comes_out_otherwise_is_told() -> None:
    text = HEAD + '[[case]]\ntitle = "t"\nfacts = [{ death = 2026-03-12 }]\nos = { event = "censored", days = 11 }\n'
    (case,) = read_outcome_cases(NELMAS, {"a.toml": text.encode()})
    assert run_outcome_case(NELMAS, case) == [
        "os: event: expected censored but it is event",
        "os: days: expected 11 but it is 10",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[[case]]\nos = { days = 1 }\n', "a case needs a title"),
        ('[[case]]\ntitle = "t"\n', "a case expects something of an endpoint"),
        ('[[case]]\ntitle = "t"\ncut = "soon"\nos = { days = 1 }\n', "a case needs cut, a day"),
        ('[[case]]\ntitle = "t"\narm = "Arm 9"\nos = { days = 1 }\n', "a case needs an arm"),
        ('[[case]]\ntitle = "t"\nacts = [{ went = true }]\nos = { days = 1 }\n', "an act is one of"),
        ('[[case]]\ntitle = "t"\nos = { day = 1 }\n', '"day" means nothing here'),
        ('[[case]]\ntitle = "t"\nfacts = [{ deth = 2026-03-12 }]\nos = { days = 1 }\n', "did you mean death"),
        ("[[case", "this is not TOML"),
    ],
)  # fmt: skip
def test_what_a_file_of_cases_has_wrong_is_told_with_its_place(text: str, told: str) -> None:
    with pytest.raises(Mistakes, match=r"a\.toml") as caught:
        read_outcome_cases(NELMAS, {"a.toml": (HEAD + text).encode()})
    assert told in str(caught.value)
