"""Every worked case of NELMAS gets the answer that its file expects; and no criterion is without cases."""

from datetime import date

import pytest

from equipoise.eligibility.cases import WorkedCase, read_cases, run_case
from equipoise.eligibility.person import screen_person
from equipoise.eligibility.verdict import Outcome
from equipoise.faults import Mistakes
from equipoise.protocol.load import load_trial, trial_cases
from equipoise.protocol.model import Protocol
from equipoise.truth import FALSE, TRUE, UNKNOWN

NELMAS = load_trial("nelmas")
CASES = read_cases(NELMAS, trial_cases("nelmas"))
PEOPLE = [case for case in CASES if not case.criterion]
AMBIGUOUS = [case for case in CASES if case.file == "ambiguous.toml"]


@pytest.fixture(scope="module")
def nelmas() -> Protocol:
    return NELMAS


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_case_gets_the_answer_that_it_expects(case: WorkedCase, nelmas: Protocol) -> None:
    assert run_case(nelmas, case) == [], f"{case.file}, line {case.line}"


def test_no_two_cases_have_one_name() -> None:
    names = [case.name for case in CASES]
    assert len(set(names)) == len(names)


# ---------------------------------------------------------------- nothing is left out
@pytest.mark.parametrize("identifier", NELMAS.ids)
def test_each_criterion_has_cases_of_every_truth(identifier: str) -> None:
    own = [case for case in CASES if case.file == f"{identifier.lower()}.toml"]
    assert {case.criterion for case in own} == {identifier}
    truths = [case.expected.truths[identifier] for case in own]
    assert len(truths) >= 2
    assert set(truths) == {TRUE, FALSE, UNKNOWN}


def test_every_reason_for_an_unknown_occurs() -> None:
    reasons = {reason for case in CASES for reason in case.expected.reasons.values()}
    assert reasons == {"missing", "stale", "imprecise", "uncheckable", "conflicting", "judgement"}


def test_every_warning_but_those_of_people_occurs() -> None:
    shown = {name for case in CASES for name in case.expected.warnings or ()}
    # W2 (the first dose no longer fits) is seen in the timelines; W9 (a death) needs no worked case.
    assert shown == {warning.id for warning in NELMAS.warnings} - {"W2", "W9"}


def test_each_ambiguity_states_its_question_and_our_decision() -> None:
    assert AMBIGUOUS
    assert [case.title for case in AMBIGUOUS if not case.question or not case.decision] == []
    assert [case.title for case in AMBIGUOUS if not case.title.startswith(f"{case.criterion}: ")] == []


# ---------------------------------------------------------------- whole people
def test_there_are_ten_whole_people_with_their_stories() -> None:
    assert [case.file for case in PEOPLE] == [f"person-{number:02}.toml" for number in range(1, 11)]
    assert all(case.story and set(case.expected.truths) == set(NELMAS.ids) for case in PEOPLE)


def test_between_them_people_have_every_verdict_and_change_with_time() -> None:
    assert {case.expected.outcome for case in PEOPLE} == set(Outcome)
    assert any(case.expected.candidate for case in PEOPLE)
    turned = [
        case.title
        for case in PEOPLE
        if any(turn.outcome is not case.expected.outcome for turn in case.expected.changes or ())
    ]
    assert len(turned) >= 3


@pytest.mark.parametrize("case", PEOPLE, ids=lambda case: case.name)
def test_the_timeline_says_what_asking_on_that_day_says(case: WorkedCase, nelmas: Protocol) -> None:
    for turn in case.expected.changes or ():
        then = screen_person(nelmas, case.title, case.facts, turn.on, case.complete)
        assert (then.outcome, then.candidate) == (turn.outcome, turn.candidate), turn.on


# ---------------------------------------------------------------- the notation
def _read(text: str) -> tuple[WorkedCase, ...]:
    return read_cases(NELMAS, {"e8.toml": text.encode()})


def test_a_case_is_read() -> None:
    (case,) = _read(
        'criterion = "E8"\non = 2026-05-01\n\n[[case]]\ntitle = "low"\n'
        'facts = [\n  { haemoglobin = "7.9 g/dL", on = 2026-04-20 },\n]\ntruth = "true"\n'
    )
    assert (case.on, case.line, case.lines) == (date(2026, 5, 1), 4, ('{ haemoglobin = "7.9 g/dL", on = 2026-04-20 }',))
    assert case.facts[0].source == "e8.toml, line 7"
    assert run_case(NELMAS, case) == []


def test_a_difference_is_told_in_words() -> None:
    (case,) = _read('[[case]]\ncriterion = "E8"\non = 2026-05-01\ntitle = "none"\ntruth = "true"\n')
    (difference,) = run_case(NELMAS, case)
    assert difference.startswith("E8: expected true but it is unknown missing (")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{ haemoglobn = "7.9 g/dL", on = 2026-04-20 }', 'there is no concept "haemoglobn"; did you mean haemoglobin'),
        ('{ haemoglobin = "7.9 g/dL" }', "say when"),
        ('{ haemoglobin = "low", on = 2026-04-20 }', "is no number"),
        ("{ haemoglobin = 7.9, ecog = 1, on = 2026-04-20 }", "concepts here: haemoglobin, ecog"),
        ('{ haemoglobin = "7.9 10*9/L", on = 2026-04-20 }', "is not a unit of haemoglobin"),
        ('{ sex = "woman" }', "sex has no answer 'woman'; there are: female, male, other"),
        ('{ liver_resection = { margin = "R0" }, on = 2026-04-01 }', 'liver_resection has no field "margin"'),
        ('{ liver_resection = { residual = "R0" }, on = "April" }', "is no date"),
        ('{ pregnancy = "yes", on = 2026-04-20 }', "state one of"),
    ],
)
def test_a_fact_that_cannot_be_read_is_told_with_its_line(line: str, told: str) -> None:
    with pytest.raises(Mistakes) as caught:
        _read(f'[[case]]\ncriterion = "E8"\non = 2026-05-01\ntitle = "x"\nfacts = [\n  {line},\n]\ntruth = "true"\n')
    assert str(caught.value).startswith("e8.toml:6: ")
    assert told in str(caught.value)


def test_all_mistakes_of_a_file_are_told_at_once() -> None:
    with pytest.raises(Mistakes) as caught:
        _read(
            '[[case]]\ncriterion = "E88"\ntitel = "x"\ntruth = "true"\n\n'
            '[[case]]\ncriterion = "E8"\non = 2026-05-01\ntitle = "y"\ntruth = "unknown"\n'
        )
    told = str(caught.value)
    for part in ("titel", "E88", "a case needs a title", "a case is of a day", "E8 is unknown: say why"):
        assert part in told
