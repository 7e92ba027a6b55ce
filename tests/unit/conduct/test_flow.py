"""The flow of a trial: everybody in one place, sums that add up on any day, and nothing of the arms when blinded."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.running import Running, before_dose, fact, nelmas, opened

from equipoise.conduct.flow import ALL_ARMS, NO_REASON, OTHER_TREATMENT, flow
from equipoise.conduct.flow_boxes import ArmFlow, Box, Flow, checks
from equipoise.fact_data import fact_data
from equipoise.facts import Fact
from equipoise.faults import Fault
from equipoise.participant.moves import ENDED, IN_TRIAL, Standing
from equipoise.participant.record import body_of

ENTRY: Final = date(2026, 5, 18)
DOSE_1: Final = date(2026, 5, 27)
DOSE_2: Final = date(2026, 7, 22)
LATER: Final = date(2026, 12, 1)


def told(running: Running, on: date = LATER, blind: bool = False) -> Flow:
    found = flow(running.trial.state, nelmas(), on, blind)
    assert checks(found) == ()
    return found


def arm(found: Flow, identifier: str) -> ArmFlow:
    return next(each for each in found.arms if each.arm == identifier)


def parts(box: Box | None) -> dict[str, tuple[str, ...]]:
    """label -> people, of the parts that somebody is in."""
    return {part.label: part.people for part in box.parts if part.people} if box is not None else {}


def written(running: Running, person: str, stated: Fact) -> None:
    """Writes a fact past the verbs of the door, as a site's other software might."""
    door = running.trial
    door.append(door.draft("site", "fact", person, body_of(fact_data(stated))))


# ---------------------------------------------------------------- before the randomisation
def test_a_trial_without_anybody_has_a_flow_of_noughts() -> None:
    found = told(opened())
    assert [box.count for _, _, box in found.boxes] == [0] * len(found.boxes)
    assert [each.label for each in found.arms] == ["Arm 1: Standard of Care", "Arm 2: Treatment"]


def test_everybody_who_is_not_randomised_is_excluded_or_in_screening() -> None:
    running = opened()
    for person, standing in (("P1", Standing.IDENTIFIED), ("P2", Standing.CONSENTED), ("P3", Standing.SCREENED)):
        running.bring(person, standing)
    running.bring("P4", Standing.ELIGIBLE)
    running.bring("P5", Standing.SCREENED, ENTRY, fact(date(2026, 5, 11), ssa_hypersensitivity="yes"))
    running.bring("P6", Standing.CONSENTED)
    running.trial.withdraw("site", "P6", "all", "no time")
    running.bring("P7", Standing.CONSENTED)
    running.trial.record("site", "P7", fact(ENTRY, death=ENTRY))
    running.bring("P8", Standing.SCREENED)
    running.trial.exclude("site", "P8", "other", "takes part in another trial")
    running.bring("P9", Standing.CONSENTED)
    running.trial.exclude("site", "P9", "declined")
    found = told(running)
    assert found.assessed.people == tuple(f"P{number}" for number in range(1, 10))
    assert parts(found.screening) == {
        "identified, consent to come": ("P1",), "consented, screening to come": ("P2",),
        "screened, not settled": ("P3",), "eligible, randomisation to come": ("P4",),
    }  # fmt: skip
    assert parts(found.excluded.part("not_eligible")) == {"E17 Hypersensitivity to somatostatin analogues": ("P5",)}
    assert parts(found.excluded.part("declined")) == {"no time": ("P6",), NO_REASON: ("P9",)}
    assert parts(found.excluded.part("other")) == {
        "died before randomisation": ("P7",), "takes part in another trial": ("P8",),
    }  # fmt: skip
    assert found.where("P5").why == "not meeting the eligibility criteria; E17"


def test_a_person_may_fail_several_criteria_and_is_counted_once() -> None:
    running, day = opened(), date(2026, 5, 12)
    against = (fact(day, haemoglobin="7.1 g/dL"), fact(date(2026, 5, 11), ssa_hypersensitivity="yes"))
    running.bring("P1", Standing.SCREENED, ENTRY, *against)
    box = told(running).excluded.part("not_eligible")
    assert box.people == ("P1",)
    assert [part.id for part in box.parts] == ["E8", "E17"]
    assert all(part.people == ("P1",) for part in box.parts)


def test_who_is_screened_again_is_in_screening_again() -> None:
    running = opened()
    running.bring("P1", Standing.SCREENED, ENTRY, fact(date(2026, 5, 12), haemoglobin="7.1 g/dL"))
    assert told(running).excluded.people == ("P1",)
    running.clock.reach(date(2026, 5, 20))
    running.trial.record("site", "P1", fact(date(2026, 5, 20), haemoglobin="9.0 g/dL"))
    running.trial.screen("site", "P1")
    assert told(running).screening.people == ("P1",)
    assert told(running, date(2026, 5, 19)).excluded.people == ("P1",)


# ---------------------------------------------------------------- what became of those randomised
def arm_1() -> Running:
    running = opened("Arm 1")
    running.bring("P1", Standing.RANDOMISED)
    return running


def arm_2(*doses: date) -> Running:
    running = opened("Arm 2")
    running.bring("P1", Standing.RANDOMISED)
    for day in doses:
        running.treat("P1", day)
    return running


def test_an_arm_without_treatment_is_received_by_being_in_it() -> None:
    found = arm(told(arm_1()), "Arm 1")
    assert parts(found.received) == {"as planned": ("P1",)}
    assert found.not_received is not None and found.not_received.people == ()


def test_somebody_of_the_arm_without_treatment_who_is_given_it_did_not_receive_theirs() -> None:
    running = arm_1()
    running.clock.reach(DOSE_1)
    written(running, "P1", fact(DOSE_1, full_dose={"cycle": "1 1", "activity": "7.4 GBq"}))
    assert parts(arm(told(running), "Arm 1").not_received) == {OTHER_TREATMENT: ("P1",)}


def test_a_treatment_is_waited_for_under_way_and_complete() -> None:
    running = arm_2(DOSE_1, DOSE_2)
    before, between, after = (arm(told(running, day), "Arm 2") for day in (ENTRY, DOSE_1, DOSE_2))
    assert before.waiting is not None and before.waiting.people == ("P1",)
    assert parts(between.received) == {"under way": ("P1",)}
    assert parts(after.received) == {"as planned": ("P1",)}
    assert after.discontinued is not None and after.discontinued.people == ()


def _dies(running: Running) -> None:
    running.trial.record("site", "P1", fact(running.trial.today, death=running.trial.today))


def _recurs(running: Running) -> None:
    running.trial.record("site", "P1", fact(running.trial.today, recurrence={"liver": "yes", "confirmed": "yes"}))


ENDS: Final[dict[str, Callable[[Running], object]]] = {
    "withdrew": lambda running: running.trial.withdraw("site", "P1", "visits", "moved"),
    "withdrew from the treatment: tired of it": lambda running: running.trial.withdraw(
        "site", "P1", "treatment", "tired of it"
    ),
    "went into follow-up: no reason recorded": lambda running: running.trial.follow("site", "P1"),
    "lost to follow-up": lambda running: running.trial.lose("site", "P1", "never answers"),
    "died": _dies,
    "recurrence of the disease": _recurs,
}


@pytest.mark.parametrize("reason", ENDS)
def test_what_ends_the_treatment_is_its_reason(reason: str) -> None:
    never, stopped = arm_2(), arm_2(DOSE_1)
    for running in (never, stopped):
        running.clock.reach(date(2026, 6, 3))
        ENDS[reason](running)
    assert parts(arm(told(never), "Arm 2").not_received) == {reason: ("P1",)}
    assert parts(arm(told(stopped), "Arm 2").discontinued) == {reason: ("P1",)}
    assert parts(arm(told(stopped), "Arm 2").received) == {"discontinued": ("P1",)}


def test_a_stop_by_rule_names_the_toxicity() -> None:
    running, day = arm_2(DOSE_1), date(2026, 7, 22)
    running.clock.reach(day)
    event = {"term": "hypersensitivity", "grade": "3 {score}", "related": "yes", "serious": "no"}
    running.trial.record("site", "P1", *before_dose(day), fact(day, adverse_event=event))
    running.trial.decide_dose("investigator", "P1")
    assert parts(arm(told(running), "Arm 2").discontinued) == {"stopped by rule: hypersensitivity": ("P1",)}


def test_where_they_are_now_says_how_far_and_why() -> None:
    running = opened("Arm 1")
    for number in range(1, 7):
        running.bring(f"P{number}", Standing.RANDOMISED)
    running.clock.reach(date(2026, 6, 3))
    running.trial.withdraw("site", "P1", "all", "no more")
    running.trial.lose("site", "P2", "never answers")
    running.trial.lose("site", "P3", "abroad")
    running.clock.reach(date(2026, 7, 1))
    running.trial.find_again("site", "P3")
    running.trial.follow("site", "P4")
    running.trial.complete("site", "P4")
    running.trial.record("site", "P5", fact(date(2026, 7, 1), death=date(2026, 7, 1)))
    now = {part.label: part for each in told(running).arms for part in each.now.parts if part.people}
    assert parts(now["withdrew"]) == {"from everything": ("P1",)}
    assert parts(now["lost to follow-up"]) == {"never answers": ("P2",)}
    assert now["in follow-up"].people == ("P3",)
    assert now["completed the study"].people == ("P4",)
    assert now["died"].people == ("P5",)
    assert told(running).where("P1").why == "withdraws on 3 June 2026: from everything: no more"
    earlier = {part.label: part.people for each in told(running, date(2026, 6, 3)).arms for part in each.now.parts}
    assert earlier["died"] == () and earlier["completed the study"] == ()


def test_a_recurrence_counts_wherever_they_are_and_everybody_is_analysed() -> None:
    running = arm_2()
    running.clock.reach(date(2026, 6, 3))
    _recurs(running)
    running.trial.withdraw("site", "P1", "all", "no more")
    found = arm(told(running), "Arm 2")
    assert found.recurred is not None and found.recurred.people == found.analysed.people == ("P1",)


# ---------------------------------------------------------------- which day, which knowledge
def test_a_past_position_knows_what_the_ledger_said_then() -> None:
    running = arm_2(DOSE_1)
    position = running.trial.state.head
    running.clock.reach(date(2026, 6, 3))
    running.trial.record("site", "P1", fact(DOSE_1 + timedelta(days=2), death=DOSE_1 + timedelta(days=2)))
    on = date(2026, 6, 3)
    then, now = flow(running.trial.state_at(position), nelmas(), on), told(running, on)
    assert then.where("P1").box == "on treatment"
    assert now.where("P1").box == "died"
    assert (then.head, now.head) == (position, running.trial.state.head)


def test_who_was_identified_later_is_not_in_an_earlier_flow() -> None:
    running = arm_2()
    assert told(running, ENTRY - timedelta(days=1)).assessed.people == ()


# ---------------------------------------------------------------- blinded
def test_nothing_of_a_blinded_flow_tells_the_arm() -> None:
    running = opened("Arm 2")
    for number in range(1, 5):
        running.bring(f"P{number}", Standing.RANDOMISED)
    arms = {person.person: person.allocation.arm for person in running.trial.state.randomised if person.allocation}
    treated = next(person for person, each in arms.items() if each == "Arm 2")
    untreated = next(person for person, each in arms.items() if each == "Arm 1")
    running.treat(treated, DOSE_1)
    running.trial.follow("site", untreated, reason="no treatment in this arm")
    found = told(running, blind=True)
    assert [each.arm for each in found.arms] == [ALL_ARMS]
    assert (found.arms[0].received, found.arms[0].waiting, found.arms[0].discontinued) == (None, None, None)
    assert {each.box for each in found.everybody} == {"in the trial"}
    for word in ("Arm 1", "Arm 2", "dose", "treatment", "follow-up"):
        assert word not in repr(found.everybody) and word not in repr(found.arms[0].now), word
    swapped = {person: found.where(person)[3:6] for person in (treated, untreated)}
    assert swapped[treated] == swapped[untreated]


# ---------------------------------------------------------------- checks can fail
def test_checks_name_what_does_not_add_up() -> None:
    whole = Box("now", "Where they are now", ("P1", "P2"), (Box("x", "on treatment", ("P1",)),))
    one = Box("b", "Allocated", ("P1",))
    column = ArmFlow("Arm 1", "Arm 1", one, whole, Box("r", "Recurrence", ()), one)
    everybody = Box("a", "Assessed", ("P1", "P2"))
    found = Flow(
        "T", "", ENTRY, 1, False, False, everybody, Box("e", "Excluded", ()), Box("s", "S", ()), one, (column,), ()
    )
    assert checks(found) == (
        "assessed and excluded, in screening or randomised do not add up: 2 and 1.",
        "the list of everybody and assessed do not add up: 0 and 2.",
        "Arm 1: allocated and where they are now do not add up: 1 and 2.",
        "Arm 1: Where they are now and its parts do not add up: 2 and 1.",
    )


# ---------------------------------------------------------------- whatever is done
PEOPLE: Final = ("P1", "P2", "P3")
ACTS: Final[dict[str, Callable[[Running, str], object]]] = {
    "identify": lambda running, who: running.trial.identify("site", who),
    "bring": lambda running, who: running.bring(who, Standing.RANDOMISED, running.trial.today),
    "screen": lambda running, who: running.trial.screen("site", who),
    "exclude": lambda running, who: running.trial.exclude("site", who, "other", "another trial"),
    "treat": lambda running, who: running.treat(who, running.trial.today),
    "follow": lambda running, who: running.trial.follow("site", who),
    "leave treatment": lambda running, who: running.trial.withdraw("site", who, "treatment", "tired"),
    "leave": lambda running, who: running.trial.withdraw("site", who, "all", "no more"),
    "lose": lambda running, who: running.trial.lose("site", who, "away"),
    "find": lambda running, who: running.trial.find_again("site", who),
    "complete": lambda running, who: running.trial.complete("site", who),
    "die": lambda running, who: running.trial.record("site", who, fact(running.trial.today, death=running.trial.today)),
    "recur": lambda running, who: running.trial.record(
        "site", who, fact(running.trial.today, recurrence={"liver": "yes"})
    ),
    "void": lambda running, who: running.trial.void(
        "site", who, int(running.trial.person(who).facts[-2].id[1:]), "in error"
    ),
}
# What is possible only after something else is tried more often.
tried = [*ACTS, *("treat", "find", "complete", "void") * 3]
steps = st.lists(st.tuples(st.sampled_from(tried), st.sampled_from(PEOPLE), st.integers(0, 9)), min_size=8, max_size=24)


def test_the_sums_add_up_whatever_is_done() -> None:
    reached: set[Standing] = set()

    @settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], database=None, derandomize=True)
    @given(steps, st.integers(0, 90))
    def add_up(acts: list[tuple[str, str, int]], day: int) -> None:
        running = opened("Arm 2")
        for person in PEOPLE[:2]:
            running.bring(person, Standing.RANDOMISED, ENTRY)
        for act, who, wait in acts:
            running.clock.wait(timedelta(days=wait))
            try:
                ACTS[act](running, who)
            except (Fault, IndexError):
                running.trial.catch_up()
            else:
                reached.add(running.trial.person(who).standing)
        for on in (running.trial.today, ENTRY + timedelta(days=day)):
            for blind in (False, True):
                assert checks(flow(running.trial.state, nelmas(), on, blind)) == ()

    add_up()
    assert reached >= {*ENDED, *IN_TRIAL, Standing.LOST}
