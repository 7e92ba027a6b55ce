"""Every worked dose case of NELMAS gets the decision that its file expects; and no rule is without cases."""

import shutil
from pathlib import Path

import pytest

import equipoise
from equipoise.conduct.dose_cases import DoseCase, decide_case, read_dose_cases, run_dose_case
from equipoise.conduct.dosing import Action
from equipoise.faults import Mistakes
from equipoise.protocol.load import load_trial, trial_cases
from equipoise.truth import FALSE, TRUE, UNKNOWN, Truth

NELMAS = load_trial("nelmas")
CASES = read_dose_cases(NELMAS, trial_cases("nelmas", "doses"))
# What the sites record themselves is never missing: none on record means that there was none.
NEVER_UNKNOWN = {"stop-death", "hold-recurrence"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_case_gets_the_decision_that_it_expects(case: DoseCase) -> None:
    assert run_dose_case(NELMAS, case) == [], f"{case.file}, line {case.line}"


def test_no_two_cases_have_one_name() -> None:
    names = [case.name for case in CASES]
    assert len(set(names)) == len(names)


def test_there_is_a_case_of_every_action_and_every_state_of_the_days() -> None:
    assert {case.expected.action for case in CASES} == set(Action)
    assert {case.expected.time for case in CASES} >= {"early", "in time", "extended", "late", "over", "unknown"}


def test_every_rule_is_true_false_and_unknown_in_some_case() -> None:
    met: dict[str, set[Truth]] = {rule.id: set() for rule in NELMAS.treatment.rules}
    for case in CASES:
        for ruling in decide_case(NELMAS, case).rulings:
            met[ruling.id].add(ruling.truth)
    expected = {name: {TRUE, FALSE} | (set() if name in NEVER_UNKNOWN else {UNKNOWN}) for name in met}
    assert met == expected


def test_every_rule_decides_a_case_that_names_it() -> None:
    named = {name for case in CASES for name in case.expected.by or ()}
    assert named == {rule.id for rule in NELMAS.treatment.rules}


def test_every_warning_is_shown_in_a_case() -> None:
    assert {name for case in CASES for name in case.expected.warnings or ()} == {
        warning.id for warning in NELMAS.treatment.warnings
    }


def test_every_readiness_item_of_the_prescription_fails_in_a_case() -> None:
    items = {item.id for item in NELMAS.treatment.ready if item.at == "prescription"}
    unready = {ruling.id for case in CASES for ruling in decide_case(NELMAS, case).unready("prescription")}
    assert unready == items


def test_the_cases_are_no_part_of_the_digest(tmp_path: Path) -> None:
    copy = tmp_path / "nelmas"
    shutil.copytree(Path(equipoise.__file__).parent / "trials" / "nelmas", copy)
    given = copy / "doses" / "given.toml"
    given.write_text(f"{given.read_text()}\n# another case\n")
    assert load_trial(copy).digest == NELMAS.digest


# ---------------------------------------------------------------- the notation
GIVEN = b'[nobody]\nfacts = [{ sex = "male" }]\n'
HEAD = 'about = "x"\ngiven = "nobody"\non = 2026-06-01\ncycle = 1\n'


def _read(text: str) -> tuple[DoseCase, ...]:
    return read_dose_cases(NELMAS, {"given.toml": GIVEN, "a.toml": (HEAD + text).encode()})


def test_a_case_shares_the_given_facts_but_those_that_it_leaves_out() -> None:
    first, second = _read(
        '[[case]]\ntitle = "one"\nfacts = [{ platelets = "7 10*9/L", on = 2026-05-01 }]\naction = "hold"\n'
        '[[case]]\ntitle = "two"\nwithout = ["sex"]\naction = "give"\n'
    )
    assert [fact.concept for fact in first.known] == ["sex", "platelets"]
    assert (first.line, second.known) == (5, ())


def test_differences_are_told_in_words() -> None:
    (case,) = _read(
        '[[case]]\ntitle = "one"\nfacts = [{ platelets = "7 10*9/L", on = 2026-05-30 }]\naction = "give"\nby = []\n'
        'time = "early"\ntruths = { hold-platelets = "false", stop-delay = "true" }\nbecause = "x"\n'
    )
    assert run_dose_case(NELMAS, case) == [
        "the action: expected give but it is hold",
        "by: expected nothing but it is hold-platelets",
        "the time: expected early but it is unknown",
        "hold-platelets: expected false but it is true",
        "stop-delay: expected true but it is no rule of this cycle",
        "the words: expected x but it is platelets 7 × 10⁹/L on 30 May 2026 are of grade at least 2 "
        "(graded by CTCAE 5.0)",
    ]


def test_all_mistakes_of_a_file_are_told_at_once() -> None:
    with pytest.raises(Mistakes) as caught:
        _read(
            '[[case]]\naction = "wait"\nwithout = ["platelets"]\ntitel = "x"\ntruths = { hold-plates = "false" }\n'
            'facts = [{ plates = "7 10*9/L" }]\n[[case]]\ntitle = "y"\non = "June"\naction = "give"\n'
            '[[case]]\ntitle = "z"\naction = "give"\nfacts = [{ plates = "7 10*9/L" }]\n'
        )
    told = str(caught.value)
    for part in (
        '"titel" means nothing here', "a case needs a title",
        "the action is one of give, reduce, hold, stop, undecided",
        '"platelets" is not among the facts that all cases share', "a case is of a day", 'there is no concept "plates"',
    ):  # fmt: skip
        assert part in told


def test_a_set_of_facts_that_is_not_given_is_told() -> None:
    with pytest.raises(Mistakes, match='has no facts "nobody"; there are: '):
        read_dose_cases(NELMAS, {"a.toml": HEAD.encode()})


def test_a_rule_that_is_not_there_is_told() -> None:
    with pytest.raises(Mistakes, match='"hold-plates" is no rule of the treatment'):
        _read('[[case]]\ntitle = "x"\naction = "give"\ntruths = { hold-plates = "false" }\n')
