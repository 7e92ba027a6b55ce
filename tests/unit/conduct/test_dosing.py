"""Dose decisions: what comes first, their words and flags, their days, their overrides, and trials of more doses."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from equipoise.conduct.dosing import Action, Override, check_may_give_dose, decide_dose, may_give, objections
from equipoise.faults import Fault
from equipoise.protocol.load import load_trial
from equipoise.quantities import exactly
from equipoise.truth import FALSE, UNKNOWN

from .doses import FIRST, NELMAS, ON, SECOND, changed, decide, event, fact, without

LOW = fact("2026-05-28", platelets="74.9 10*9/L")
WAS_LOW = fact("2026-05-04", platelets="60 10*9/L")
READY = fact("2026-06-01", premedication={"amino_acids": True, "antiemetic": True})
ANAPHYLAXIS = event("hypersensitivity", "2026-04-06", "2026-04-06", grade=4, related=True, outcome="resolved")


def by(*facts: object, **more: object) -> tuple[Action, tuple[str, ...]]:
    decision = decide(*facts, **more)  # pyright: ignore[reportArgumentType]
    return decision.action, tuple(ruling.id for ruling in decision.fired or decision.undecided)


# ---------------------------------------------------------------- what comes first
def test_without_anything_against_it_the_full_dose_is_given() -> None:
    decision = decide()
    assert (decision.action, decision.activity, decision.fired, decision.undecided) == (
        Action.GIVE, exactly("7.4", "GBq"), (), (),
    )  # fmt: skip
    assert decision.level is NELMAS.treatment.levels[0]
    assert decision.sentence == (
        "P-1 on 1 June 2026, dose 2: give 7.4 GBq (full dose). No rule of the treatment stands against it."
    )


def test_stop_comes_before_hold_and_hold_before_reduce() -> None:
    assert by(WAS_LOW) == (Action.REDUCE, ("reduce-platelets",))
    assert by(WAS_LOW, LOW) == (Action.HOLD, ("hold-platelets",))
    assert by(WAS_LOW, LOW, ANAPHYLAXIS) == (Action.STOP, ("stop-hypersensitivity",))


def test_what_is_known_to_hold_or_stop_does_not_wait_for_what_is_not_known() -> None:
    lacking = without(SECOND, "haemoglobin")
    assert by(facts=lacking)[0] is Action.UNDECIDED
    assert by(LOW, facts=lacking) == (Action.HOLD, ("hold-platelets",))
    assert by(ANAPHYLAXIS, facts=lacking) == (Action.STOP, ("stop-hypersensitivity",))


def test_what_is_not_known_comes_before_a_reduced_dose() -> None:
    assert by(WAS_LOW, facts=without(SECOND, "haemoglobin")) == (Action.UNDECIDED, ("hold-haemoglobin",))


def test_nobody_knows_whether_it_is_to_be_reduced() -> None:
    unclear = fact("2026-05-04", platelets="70-80 10*9/L")
    assert by(unclear) == (Action.UNDECIDED, ("reduce-platelets",))
    assert by(unclear, fact("2026-05-04", neutrophils="0.8 10*9/L")) == (Action.REDUCE, ("reduce-neutrophils",))


def test_nothing_but_a_dose_has_an_activity() -> None:
    assert decide(WAS_LOW).activity == exactly("3.7", "GBq")
    held = decide(LOW)
    assert held.activity is None and held.level is None and decide(ANAPHYLAXIS).activity is None


def test_all_rules_that_hold_are_named() -> None:
    assert by(LOW, fact("2026-05-28", neutrophils="0.5 10*9/L"))[1] == ("hold-platelets", "hold-neutrophils")


# ---------------------------------------------------------------- words, versions, flags
def test_the_sentence_tells_rule_values_version_and_what_to_do_and_whose_rule_it_is() -> None:
    assert decide(LOW).sentence == (
        "P-1 on 1 June 2026, dose 2: hold. Hold by hold-platelets (thrombocytopenia): platelets 74.9 × 10⁹/L on 28 May "
        "2026 are of grade at least 2 (graded by CTCAE 5.0). Withhold until platelets are of grade 0 or 1 again (at "
        "least 75 × 10⁹/L). [ours, not from NELMAS]"
    )


def test_an_unverified_threshold_is_flagged_where_it_is_shown() -> None:
    decision = decide(fact("2026-05-28", creatinine="1.4 mg/dL"))
    assert decision.action is Action.HOLD
    assert all("[unverified; ours, not from NELMAS]" in reason for reason in decision.reasons)
    assert decision.as_dict()["rules"]["hold-renal"]["flags"] == ["unverified", "ours, not from NELMAS"]


def test_the_flag_bears_the_name_of_the_trial() -> None:
    renamed = changed(("protocol.toml", 'acronym = "NELMAS"', 'acronym = "OTHER"'))
    assert "[ours, not from OTHER]" in decide(LOW, trial=renamed).sentence


def test_what_is_missing_is_told() -> None:
    decision = decide(facts=without(SECOND, "haemoglobin", "bilirubin"))
    assert decision.action is Action.UNDECIDED
    assert decision.missing == ("haemoglobin", "total bilirubin")
    assert "hold-haemoglobin (hold) cannot be judged yet: no haemoglobin" in decision.sentence
    assert "not decided yet: do not give" in decision.headline


def test_the_version_of_the_gradings_decides_and_is_shown() -> None:
    """CTCAE 6.0 moved grade 3 of neutropenia from below 1.0 to below 0.5."""
    six, count = (
        changed(("safety.toml", 'ctcae = "5.0"', 'ctcae = "6.0"')),
        fact("2026-05-28", neutrophils="0.8 10*9/L"),
    )
    assert decide(count).action is Action.HOLD
    later = decide(count, trial=six)
    assert later.action is Action.GIVE
    assert (decide().versions["neutrophils"], later.versions["neutrophils"]) == ("CTCAE 5.0", "CTCAE 6.0")


def test_platelets_hold_alike_in_both_versions() -> None:
    six = changed(("safety.toml", 'ctcae = "5.0"', 'ctcae = "6.0"'))
    assert "graded by CTCAE 6.0" in decide(LOW, trial=six).sentence


def test_what_is_taken_for_granted_is_listed() -> None:
    assert "Every value of platelets is on record, as the sites enter all of those they treat." in decide().assumptions


def test_the_plain_data_hold_no_floats() -> None:
    def leaves(value: object) -> list[object]:
        if isinstance(value, dict):
            return [leaf for part in value.values() for leaf in leaves(part)]  # pyright: ignore[reportUnknownVariableType,reportUnknownArgumentType]
        if isinstance(value, list):
            return [leaf for part in value for leaf in leaves(part)]  # pyright: ignore[reportUnknownVariableType,reportUnknownArgumentType]
        return [value]

    found = decide(WAS_LOW).as_dict()
    assert {type(leaf) for leaf in leaves(found)} == {str, int}
    assert (found["action"], found["level"], found["activity"]) == ("reduce", "reduced", "3.7 GBq")
    assert found["time"]["latest"] == "2026-06-08" and found["protocol"] == NELMAS.digest


# ---------------------------------------------------------------- days
def test_the_days_of_the_second_dose() -> None:
    timing = decide().timing
    assert timing.state == "in time"
    assert [span and str(span) for span in (timing.earliest, timing.latest, timing.extended)] == [
        "25 May 2026", "8 June 2026", "27 July 2026",
    ]  # fmt: skip
    assert timing.sentence == (
        "Dose 2 is in time: 56 days after the dose on 6 April 2026; it is due 49 to 63 days after the dose, at most "
        "112 days for resolving acute toxicity."
    )


def test_too_early_is_held_until_its_first_day() -> None:
    early = decide(on=date(2026, 5, 24))
    assert early.action is Action.HOLD and early.fired == ()
    assert early.reasons == (early.timing.sentence,)
    assert early.next_turn is not None and early.next_turn.on == date(2026, 5, 25)


def test_late_without_a_toxicity_is_an_objection_and_no_stop() -> None:
    recent = [*without(SECOND, "full_dose"), fact("2026-03-29", full_dose={"activity": "7.4 GBq"})]
    decision = decide(READY, facts=recent)
    assert (decision.action, decision.timing.state) == (Action.GIVE, "late")
    assert objections(decision, "full") == (decision.timing.sentence,)
    with_toxicity = decide(READY, WAS_LOW, facts=recent)
    assert with_toxicity.timing.state == "extended" and objections(with_toxicity, "reduced") == ()


def test_a_first_dose_past_its_days_is_an_objection() -> None:
    moved = [*without(FIRST, "liver_resection"), fact("2026-03-22", liver_resection={"residual": "R0"})]
    decision = decide(READY, facts=moved)
    assert decision.action is Action.GIVE and decision.timing.state == "over"
    assert objections(decision, "full") == (decision.timing.sentence,)


def test_the_next_day_on_which_it_changes_by_itself() -> None:
    turn = decide().next_turn
    assert turn is not None
    assert (turn.on, turn.action) == (date(2026, 6, 9), Action.GIVE)
    assert turn.because.startswith("Dose 2 is late: 64 days after")


def test_a_laboratory_value_goes_stale() -> None:
    old = [*without(SECOND, "alt"), fact("2026-05-06", alt="28 U/L")]
    turn = decide(facts=old).next_turn
    assert turn is not None and turn.on == date(2026, 6, 4)  # the 29th day
    assert turn.because.startswith("ALT, not known (lab-alt)")


def test_a_decision_foretold_is_the_decision_of_that_day() -> None:
    for facts in (SECOND, [*SECOND, LOW], [*SECOND, WAS_LOW]):
        decision = decide(facts=facts)
        turn = decision.next_turn
        assert turn is not None
        then = decide(facts=facts, on=turn.on)
        before = decide(facts=facts, on=turn.on - timedelta(days=1))
        assert then.action is turn.action
        assert (before.action, before.timing.state) == (decision.action, decision.timing.state)


def test_facts_of_later_days_are_not_looked_at() -> None:
    assert decide(fact("2026-06-02", platelets="20 10*9/L")).action is Action.GIVE


# ---------------------------------------------------------------- which dose
def test_the_next_dose_is_meant_when_none_is_named() -> None:
    assert decide().cycle.number == 2 and decide(facts=FIRST).cycle.number == 1
    assert decide(cycle=2).cycle.number == 2


def test_a_dose_that_was_given_is_not_decided_again() -> None:
    with pytest.raises(Fault, match=r"Dose 1 of P-1 is on record, full dose on 6 April 2026 \(activity 7.4 GBq\)"):
        decide(cycle=1)


def test_a_dose_before_the_one_before_it_is_not_decided() -> None:
    with pytest.raises(Fault, match="Dose 2 of P-1 cannot be decided: dose 1 is not on record yet"):
        decide(facts=FIRST, cycle=2)


def test_after_the_last_dose_there_is_none() -> None:
    with pytest.raises(Fault, match="The treatment has 2 doses, and 2 of P-1 are on record"):
        decide(fact("2026-05-30", reduced_dose={"activity": "3.7 GBq"}))


def test_a_trial_without_a_treatment_has_no_dose_to_decide() -> None:
    sandbox = load_trial(Path(__file__).parents[2] / "trials" / "sandbox")
    with pytest.raises(Fault, match=r"BREATHE has no treatment.toml"):
        decide_dose(sandbox, "P-1", (), ON)


# ---------------------------------------------------------------- ready
def test_of_the_infusion_itself_nothing_is_asked_on_prescribing() -> None:
    decision = decide()
    assert decision.unready("prescription") == ()
    assert [ruling.id for ruling in decision.unready("infusion")] == ["amino-acids", "antiemetic"]
    assert may_give(decision, "full", "prescription") and not may_give(decision, "full")


def test_amino_acids_and_antiemetic_are_those_of_the_day() -> None:
    assert decide(READY).unready() == ()
    yesterday = fact("2026-05-31", premedication={"amino_acids": True, "antiemetic": True})
    assert [ruling.truth for ruling in decide(yesterday).unready()] == [FALSE, FALSE]
    half = fact("2026-06-01", premedication={"amino_acids": True, "antiemetic": False})
    assert [ruling.id for ruling in decide(half).unready()] == ["antiemetic"]


def test_readiness_that_is_not_known_is_no_readiness() -> None:
    decision = decide(READY, facts=without(SECOND, "alt"))
    (item,) = decision.unready()
    assert item.truth is UNKNOWN and decision.missing == ("ALT",)
    assert item.sentence == (
        "ALT, not known (lab-alt): no ALT on record. Measure it: a value within 4 weeks before the dose is needed. "
        "[ours, not from NELMAS]"
    )


# ---------------------------------------------------------------- warnings
def test_a_warning_stands_beside_the_decision() -> None:
    small = [*without(FIRST, "weight", "creatinine"), fact("2026-05-25", weight="50 kg")]
    decision = decide(fact("2026-05-25", creatinine="1.6 mg/dL"), facts=small)
    assert decision.action is Action.GIVE
    assert "by Cockcroft-Gault 32.12 mL/min" in decision.warnings[0].replace("32.11805555555555555555555556", "32.12")
    assert "[ours, not from NELMAS]" in decision.warnings[0]


def test_day_112_tells_of_the_contradiction() -> None:
    moved = [*without(SECOND, "full_dose"), fact("2026-02-09", full_dose={"activity": "7.4 GBq"})]
    decision = decide(WAS_LOW, facts=moved)
    assert decision.action is Action.REDUCE
    assert "sources contradict each other" in " ".join(decision.warnings)
    turn = decision.next_turn
    assert turn is not None and (turn.on, turn.action) == (date(2026, 6, 2), Action.STOP)


# ---------------------------------------------------------------- overrides
def test_a_dose_that_nothing_stands_against_needs_no_override() -> None:
    assert check_may_give_dose(decide(READY), "full") == ()
    assert check_may_give_dose(decide(READY, WAS_LOW), "reduced") == ()


def test_a_refusal_is_the_sentence_that_the_user_reads() -> None:
    decision = decide(READY, LOW)
    with pytest.raises(Fault) as caught:
        check_may_give_dose(decision, "full")
    assert str(caught.value) == f"{decision.sentence} To give it all the same, state a reason and sign it."


@pytest.mark.parametrize(
    ("more", "level"),
    [([LOW], "full"), ([LOW], "reduced"), ([WAS_LOW], "full"), ([], "reduced"), ([ANAPHYLAXIS], "reduced")],
)
def test_another_dose_than_the_rules_say_needs_an_override(more: list[object], level: str) -> None:
    decision = decide(READY, *more)  # pyright: ignore[reportArgumentType]
    with pytest.raises(Fault):
        check_may_give_dose(decision, level)
    against = check_may_give_dose(decision, level, Override("discussed with the sponsor", "Dr A"))
    assert against == objections(decision, level) and against


def test_a_dose_that_is_not_decided_is_not_given() -> None:
    decision = decide(READY, facts=without(SECOND, "platelets"))
    for level in ("full", "reduced"):
        with pytest.raises(Fault, match="not decided yet: do not give"):
            check_may_give_dose(decision, level)


@pytest.mark.parametrize(("reason", "signed"), [("", "Dr A"), ("  ", "Dr A"), ("because", ""), ("because", " ")])
def test_an_override_needs_a_reason_and_a_signature(reason: str, signed: str) -> None:
    with pytest.raises(Fault, match="needs a reason in words and the signature"):
        check_may_give_dose(decide(READY, LOW), "full", Override(reason, signed))


def test_a_level_that_is_not_there_is_told() -> None:
    with pytest.raises(Fault, match='no level "double"; there are: full, reduced'):
        objections(decide(), "double")


# ---------------------------------------------------------------- a trial of four doses
MORE = "".join(
    f'\n[[cycle]]\nnumber = {number}\nmoment = "last_dose"\nearliest = "49 days"\nlatest = "63 days"\n'
    'extended = "112 days"\nextended_for = "resolving acute toxicity"\nsource = "test"\n'
    for number in (3, 4)
)
FOUR = changed(("treatment.toml", "cycles = [2]", "cycles = [2, 3, 4]"), more=MORE)
FULL, HALF = {"full_dose": {"activity": "7.4 GBq"}}, {"reduced_dose": {"activity": "3.7 GBq"}}
BASELINE = [fact("2025-12-01", creatinine="1.0 mg/dL"), fact("2025-12-01", weight="80 kg")]
START = [*without(SECOND, "full_dose", "platelets"), *BASELINE]
# Doses 56 days apart, the latest on 6 April 2026.
DAYS = ["2025-12-15", "2026-02-09", "2026-04-06"]


def course(*doses: dict[str, object], counts: dict[str, str]) -> tuple[Action, tuple[str, ...]]:
    """The decision on 1 June 2026 after doses on the latest of DAYS, with platelets by day."""
    given = [fact(day, **dose) for day, dose in zip(DAYS[-len(doses) :], doses, strict=True)]
    measured = [fact(day, platelets=f"{count} 10*9/L") for day, count in counts.items()]
    return by(*given, *measured, facts=START, trial=FOUR)


def test_a_half_dose_that_was_tolerated_is_followed_by_the_full_one() -> None:
    counts = {"2025-12-01": "200", "2026-01-10": "60", "2026-02-05": "120", "2026-05-25": "110"}
    assert course(FULL, HALF, FULL, counts=counts) == (Action.GIVE, ())


def test_after_a_half_dose_the_next_is_full_unless_it_came_back() -> None:
    fell = {"2025-12-01": "200", "2026-03-10": "60", "2026-04-05": "120"}
    assert course(FULL, HALF, counts={**fell, "2026-05-25": "110"}) == (Action.GIVE, ())
    assert course(FULL, HALF, counts={**fell, "2026-05-10": "74", "2026-05-25": "110"}) == (
        Action.STOP, ("stop-platelets",),
    )  # fmt: skip


def test_a_fall_after_a_full_dose_is_the_first_of_its_kind_though_there_was_one_before() -> None:
    counts = {"2025-12-01": "200", "2026-01-10": "60", "2026-02-05": "120", "2026-05-10": "70", "2026-05-25": "110"}
    assert course(FULL, HALF, FULL, counts=counts) == (Action.REDUCE, ("reduce-platelets",))


def test_another_toxicity_after_a_half_dose_is_no_recurrence() -> None:
    fell = {"2025-12-01": "200", "2026-03-10": "60", "2026-04-05": "120", "2026-05-25": "110"}
    given = [fact(day, **dose) for day, dose in zip(DAYS[-2:], (FULL, HALF), strict=True)]
    measured = [fact(day, platelets=f"{count} 10*9/L") for day, count in fell.items()]
    low, normal = fact("2026-05-04", neutrophils="0.8 10*9/L"), fact("2026-03-10", neutrophils="2.0 10*9/L")
    assert by(*given, *measured, low, facts=START, trial=FOUR) == (Action.UNDECIDED, ("stop-neutrophils",))
    assert by(*given, *measured, low, normal, facts=START, trial=FOUR) == (Action.REDUCE, ("reduce-neutrophils",))


# ---------------------------------------------------------------- what is said must be so
def test_a_missing_baseline_is_told_by_the_day_that_it_is_asked_for() -> None:
    late = decide(fact("2026-05-25", creatinine="1.0 mg/dL"), facts=without(SECOND, "creatinine"))
    text = " ".join(late.reasons)
    assert "no serum creatinine on or before the first dose on 6 April 2026 on record" in text
    assert "the baseline of creatinine clearance by Cockcroft-Gault is not known" in text and "any number" not in text


def test_a_missing_new_value_is_told_as_of_today_and_not_of_the_baseline() -> None:
    old = decide(fact("2026-02-02", creatinine="1.0 mg/dL"), facts=without(SECOND, "creatinine"))
    assert "no serum creatinine within 4 weeks before today on 1 June 2026 on record" in " ".join(old.reasons)


def test_of_several_values_readiness_shows_the_latest() -> None:
    (ready,) = [r for r in decide(fact("2026-05-04", platelets="60 10*9/L")).ready if r.id == "lab-platelets"]
    assert ready.because == "platelets 160 × 10⁹/L on 25 May 2026 are within 4 weeks before today on 1 June 2026"


def test_a_dose_whose_days_are_over_says_that_it_takes_an_override() -> None:
    late = decide(fact("2026-03-29", full_dose={"activity": "7.4 GBq"}), facts=without(SECOND, "full_dose"))
    assert late.action is Action.GIVE and late.is_out_of_time
    assert late.reasons[-1].startswith("Dose 2 is late") and late.reasons[-1].endswith("It takes an override.")
    assert sum(text.count("Dose 2 is late") for text in objections(late, "reduced")) == 1
    assert not decide().is_out_of_time and len(decide().reasons) == 1
