"""A schedule is read whole, and told every mistake in its place."""

from pathlib import Path

import pytest

from equipoise.dates import Duration
from equipoise.protocol.check import read_protocol
from equipoise.protocol.visits import ENDS, KINDS, Extension, Schedule

SANDBOX = Path(__file__).parents[2] / "trials" / "sandbox"
START = """
[[visit]]
id = "first"
label = "first visit"
kind = "treatment"
arms = ["A"]
from = "baseline_day"
target = "2 weeks"
window = "3 days"
sets = "infusion 1"
collects = ["fev1"]
source = "made up"
"""
REPEATED = """
[[visit]]
id = "later"
label = "later visit"
kind = "assessment"
arms = "all"
from = "baseline_visit"
target = "1 month"
every = "1 month"
until = "3 months"
early = "1 week"
late = "2 weeks"
ours = true
note = "a note"
"""


def read(text: str) -> tuple[Schedule | None, list[str]]:
    files = {path.name: path.read_bytes() for path in SANDBOX.iterdir()} | {"schedule.toml": text.encode()}
    protocol, mistakes = read_protocol("sandbox", files)
    return (protocol.schedule if protocol else None), [str(mistake) for mistake in mistakes]


def whole(text: str) -> Schedule:
    schedule, mistakes = read(text)
    assert schedule is not None, mistakes
    return schedule


def test_no_file_is_an_empty_schedule() -> None:
    assert whole("") == Schedule()


def test_what_a_visit_says() -> None:
    schedule = whole('note = "ours"\nours = true\n' + START + REPEATED)
    first, later = schedule.visits
    assert schedule.ours and schedule.note == "ours"
    assert (first.moment, first.counted_from, first.sets) == ("baseline_day", "the baseline day", "infusion 1")
    assert (first.early, first.late) == (Duration(3, "day"), Duration(3, "day"))
    assert first.arms == ("A",) and first.is_for("A") and not first.is_for("B") and not first.is_for("")
    assert first.slots == ("first",) and first.slot_label(1) == "first visit" and first.collects == ("fev1",)
    assert first.ends_with == ENDS["treatment"] and first.series == "first"
    assert later.arms == () and later.is_for("") and later.is_for("B")
    assert later.targets == tuple(Duration(count, "month") for count in (1, 2, 3))
    assert later.slots == ("later.1", "later.2", "later.3") and later.slot_label(3) == "later visit, 3 months"
    assert later.counted_from.startswith("the ") and later.ours and later.note == "a note"
    assert schedule.visit_of("later.2") == (later, 2) and schedule.visit_of("later.4") is None
    assert schedule.visit("first") == first and schedule.visit("last") is None


def test_a_list_of_all_arms_is_all_arms() -> None:
    (visit,) = whole(REPEATED.replace('"all"', '["B", "A"]')).visits
    assert visit.arms == ()


def test_a_window_that_may_be_extended() -> None:
    text = START + 'extendable = { latest = "4 weeks", when = "when ill", note = "n" }\n'
    assert whole(text).visits[0].extension == Extension(Duration(4, "week"), "when ill", "n")


def test_a_window_may_open_on_the_day_of_its_moment_but_not_before() -> None:
    assert whole(START.replace('"3 days"', '"2 weeks"')).visits[0].early == Duration(2, "week")
    _, told = read(START.replace('"3 days"', '"15 days"'))
    assert any("first may come before what it is counted from" in line for line in told)


def test_a_visit_counted_from_what_another_sets() -> None:
    second = START.replace('"first"', '"second"').replace('"baseline_day"', '"infusion 1"').replace("sets", "#")
    assert whole(START + second).visits[1].counted_from == "infusion 1"
    _, told = read(second + START)
    assert any('counted from "infusion 1"' in line and "further up" in line for line in told)
    _, told = read(START + second.replace('["A"]', '"all"'))
    assert any("second is for an arm that never comes to infusion 1" in line for line in told)


def test_a_death_ends_every_visit_whatever_it_says() -> None:
    assert whole(START + "ends_with = []\n").visits[0].ends_with == {"death"}


def test_imaging_is_the_same_in_all_arms_or_says_why_it_is_not() -> None:
    unequal = REPEATED.replace('"all"', '["A"]')
    schedule, told = read(unequal)
    assert schedule is None and len(told) == 1
    assert "schedule.toml:6:1" in told[0] and "later is imaging that not every arm has" in told[0]
    assert whole(unequal + 'differs = "dosimetry of the drug"\n').visits[0].arms == ("A",)


@pytest.mark.parametrize("kind", sorted(KINDS.keys() - {"assessment"}))
def test_other_visits_may_differ_between_arms(kind: str) -> None:
    assert whole(REPEATED.replace('"all"', '["A"]').replace('"assessment"', f'"{kind}"')).visits[0].arms == ("A",)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('id = "first"', 'id = "First.1"', '"First.1" is no id of a visit'),
        ('label = "first visit"', "", "first needs a label"),
        ('"treatment"', '"party"', "first is of kind 'party': write one of treatment, safety, assessment, contact"),
        ('"treatment"', '["party"]', "write one of treatment"),
        ('arms = ["A"]', "", 'first needs its arms: write arms = "all" or a list of ids'),
        ('["A"]', '["C"]', '"C" is not an arm of the trial (A, B)'),
        ('"baseline_day"', '"randomisation"', 'first is counted from "randomisation"'),
        ('"baseline_day"', '"fev1"', 'first is counted from "fev1"'),
        ('target = "2 weeks"', "", "first needs a target"),
        ('"2 weeks"', '"soon"', 'target of first is a time such as "8 weeks"'),
        ('"3 days"', '"3 days"\nearly = "1 day"', "first has both a window and early or late"),
        ('["fev1"]', '["fev2"]', 'first collects "fev2", which is not a concept'),
        ('["fev1"]', '"fev1"', "collects is a list of concepts"),
        ('["fev1"]', "[[1]]", "which is not a concept"),
        ('source = "made up"', "", "first needs a source, or ours = true"),
        ('source = "made up"', 'ours = "yes"', "write ours = true or ours = false"),
        ('source = "made up"', 'source = "s"\ncolour = "red"', '"colour" is not a property of a visit'),
        ('source = "made up"', 'source = "s"\nends_with = "death"', "ends_with is a list"),
        ('source = "made up"', 'source = "s"\nends_with = ["rain"]', '"rain" cannot stand in ends_with: there is none'),
        ('source = "made up"', 'source = "s"\nends_with = ["withdrawal"]', "as far as its own scope says"),
        ('source = "made up"', 'source = "s"\ngives_way_to = "infusion 2"', 'no visit further up sets "infusion 2"'),
        ('source = "made up"', 'source = "s"\nextendable = "4 weeks"', "write until when first may be extended"),
        (
            'source = "made up"',
            'source = "s"\nextendable = { latest = "17 days", when = "ill" }',
            "the extension of first ends before its window does",
        ),
        ('source = "made up"', 'source = "s"\nevery = "1 week"', "first repeats only with both"),
        (
            'source = "made up"',
            'source = "s"\nevery = "2 weeks"\nuntil = "4 weeks"',
            "first repeats, so it cannot set one moment",
        ),
    ],
)
def test_single_mistakes(old: str, new: str, message: str) -> None:
    assert old in START
    _, told = read(START.replace(old, new))
    assert any(message in line for line in told), told


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('every = "1 month"', 'every = "4 weeks"', "in the same unit"),
        ('every = "1 month"', 'every = "0 months"', "every above 0"),
        ('until = "3 months"', 'until = "1 month"', "later never comes to 1 month"),
        ('every = "1 month"', 'every = "3 months"', "later never comes to 3 months"),
        ('late = "2 weeks"', 'late = "3 weeks"', "the windows of later overlap"),
        ("ours = true", 'ours = true\nextendable = { latest = "1 year", when = "ill" }', "cannot be extended"),
    ],
)
def test_mistakes_of_what_repeats(old: str, new: str, message: str) -> None:
    assert old in REPEATED
    _, told = read(REPEATED.replace(old, new))
    assert any(message in line for line in told), told


def test_windows_of_28_days_may_not_touch_even_in_february() -> None:
    """A month after 31 January is 28 days: 2 weeks late and 2 weeks early share a day only there."""
    _, told = read(REPEATED.replace('"1 week"', '"2 weeks"'))
    assert any("the windows of later overlap" in line for line in told)


def test_a_series_goes_on_in_another_visit() -> None:
    more = (
        REPEATED.replace('"later"', '"much_later"')
        .replace('"3 months"', '"9 months"')
        .replace('"1 month"', '"4 months"', 1)
    )
    more = more.replace('every = "1 month"', 'every = "5 months"')
    in_series = [text + 'series = "s"\n' for text in (REPEATED, more)]
    assert [visit.series for visit in whole("".join(in_series)).visits] == ["s", "s"]
    _, told = read("".join(reversed(in_series)))
    assert any("must stand before it" in line for line in told)
    _, told = read(in_series[0] + in_series[1].replace('"baseline_visit"', '"exacerbation"'))
    assert any("count both from one moment, in the same arms" in line for line in told)


def test_every_mistake_at_once() -> None:
    _, told = read('colour = "red"\n' + START + START + REPEATED.replace('"later visit"', '""'))
    assert len(told) == 3
    assert '"colour" is not a property of a schedule' in told[0]
    assert "first stands here a second time" in told[1]
    assert "later needs a label" in told[2]


def test_visits_that_are_no_tables() -> None:
    _, told = read('visit = "monthly"\n')
    assert any("write each visit as a table of its own: [[visit]]" in line for line in told)
