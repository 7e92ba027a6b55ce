"""Rows of drawn people: one for each endpoint, in order, and moved by nothing that is not theirs."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st
from tests.unit.analysis.outcomes import CUT, NELMAS, RANDOMISED, clear, person, recurrence

from equipoise.analysis.endpoints import rows_of
from equipoise.analysis.rows import Row
from equipoise.participant.record import Participant

ENDPOINTS = NELMAS.analysis.endpoints
DAYS = st.integers(-40, 1200).map(lambda days: (RANDOMISED + timedelta(days=days)).isoformat())
IN_PART = DAYS.map(lambda day: f'"{day[:7]}"')
SOMETIMES = DAYS | IN_PART
YES_NO = st.sampled_from(["yes", "no"])
SCANS = st.lists(DAYS.map(clear), max_size=5)
EVENTS = st.lists(st.builds(recurrence, SOMETIMES, YES_NO, YES_NO), max_size=2)
OTHERS = st.lists(
    st.one_of(
        SOMETIMES.map(lambda day: f'{{ next_treatment = {{ kind = "surgery" }}, on = {day} }}'),
        SOMETIMES.map(lambda day: f"{{ second_cancer = {{}}, on = {day} }}"),
        DAYS.map(lambda day: f'{{ haemoglobin = "9 g/dL", on = {day} }}'),
    ),
    max_size=3,
)  # fmt: skip
DEATHS = st.lists(SOMETIMES.map(lambda day: f"{{ death = {day} }}"), max_size=1)
LEFT = st.one_of(
    st.just(""),
    st.builds(
        lambda scope, days: f'{{ withdrawn = "{scope}", on = {RANDOMISED + timedelta(days=days)} }}',
        st.sampled_from(["visits", "all"]), st.integers(0, 900),
    ),
    st.integers(0, 900).map(lambda days: f"{{ lost = true, on = {RANDOMISED + timedelta(days=days)} }}"),
)  # fmt: skip
FACTS = st.builds(lambda *parts: [fact for part in parts for fact in part], SCANS, EVENTS, OTHERS, DEATHS)
CUTS = st.integers(0, 1300).map(lambda days: RANDOMISED + timedelta(days=days))


def rows(known: Participant, cut: date = CUT) -> dict[str, Row]:
    found = {}
    for endpoint in ENDPOINTS:
        (found[endpoint.id],) = rows_of(NELMAS, [known], endpoint, cut)
    return found


@given(FACTS, LEFT, CUTS)
def test_there_is_one_row_an_endpoint_and_it_is_in_order(facts: list[str], left: str, cut: date) -> None:
    for row in rows(person(*facts, acts=left), cut).values():
        assert row.days >= 0 and row.on <= cut and row.reason.endswith(".")
        low, high = row.interval
        assert 0 <= low <= row.days and (high is None if row.event == 0 else high == row.days)
        assert (row.why == "") == (row.event != 0)
        assert row.left_out or row.entry == 0 or row.entry < row.days


@given(FACTS, LEFT, CUTS)
def test_disease_free_survival_never_outlasts_survival(facts: list[str], left: str, cut: date) -> None:
    found = rows(person(*facts, acts=left), cut)
    for name in ("dfs", "hepatic_dfs", "dfs_any_recurrence", "dfs_new_treatment", "dfs_missed_scans"):
        assert found[name].days <= found["os"].days
    if found["os"].event == 1:
        assert found["hepatic_dfs"].event != 0 and found["dfs"].event == 1
    # Whatever counts more counts no later.
    assert found["dfs_any_recurrence"].days <= found["dfs"].days or not found["dfs"].event


@given(FACTS, LEFT)
def test_an_event_is_never_before_the_last_scan_without_it(facts: list[str], left: str) -> None:
    known = person(*facts, acts=left)
    row = rows(known)["dfs"]
    scans = [fact.when.lo for fact in known.of_concept("disease_assessment")]
    before = [day for day in scans if day <= row.on.toordinal()]
    if row.event and before:
        assert row.interval.left <= row.days
        assert row.on.toordinal() >= max(before)


@given(FACTS, LEFT, st.integers(1, 400))
def test_a_fact_that_is_no_matter_changes_nothing(facts: list[str], left: str, days: int) -> None:
    """Blood values, and events after the end, change no time to the disease or to death."""
    blood = f'{{ chromogranin_a = "900 ug/L", on = {CUT - timedelta(days=days)} }}'
    one, other = rows(person(*facts, acts=left)), rows(person(*facts, blood, acts=left))
    for name in ("dfs", "dfs_resection", "hepatic_dfs", "dfs_second_cancer"):
        exact = not any(fact for fact in one[name].flags if "known in part" in fact)
        if exact:
            assert (one[name].days, one[name].event, one[name].why) == (
                other[name].days, other[name].event, other[name].why,
            )  # fmt: skip


@given(FACTS, LEFT, CUTS, CUTS)
def test_a_later_cut_takes_no_event_back(facts: list[str], left: str, one: date, other: date) -> None:
    """With exact days, an event that is known at a cut is the same at every later one, and no time gets shorter."""
    exact = [fact for fact in facts if '"20' not in fact]
    known = person(*exact, acts=left)
    early, late = rows(known, min(one, other)), rows(known, max(one, other))
    for name, row in early.items():
        if row.event:
            assert (late[name].days, late[name].event, late[name].reason) == (row.days, row.event, row.reason)
        else:
            assert late[name].days >= row.days


@given(FACTS, LEFT)
def test_a_blind_row_is_the_same_without_the_arm(facts: list[str], left: str) -> None:
    endpoint = NELMAS.analysis.endpoint("dfs")
    arms = [person(*facts, acts=left, arm=arm) for arm in ("Arm 1", "Arm 2")]
    (one,), (other,) = (rows_of(NELMAS, [known], endpoint, CUT, blind=True) for known in arms)
    assert one == other and one.arm == ""
