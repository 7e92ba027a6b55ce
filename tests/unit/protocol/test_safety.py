"""safety.toml: versions of grading tables, one pinned; clocks, what is expected, stopping rules, late effects."""

from decimal import Decimal
from pathlib import Path

import pytest

from equipoise.dates import Duration
from equipoise.protocol.check import read_protocol
from equipoise.protocol.model import Protocol
from equipoise.protocol.safety import Safety

SANDBOX = Path(__file__).parents[2] / "trials" / "sandbox"
OLD = (SANDBOX / "safety.toml").read_text()
VERSIONS = """
ctcae = "5.0"
[grading.potassium."5.0"]
source = "made up"
[grading.potassium."5.0".steps]
1 = "< 3.5 mmol/L"
2 = "< 3.2 mmol/L"
[grading.potassium."6.0"]
source = "made up, later"
note = "one step more"
[grading.potassium."6.0".steps]
2 = "< 3.0 mmol/L"
1 = "< 3.5 mmol/L"
"""
EVENT = """
[event]
record = "exacerbation"
term = "treated_with"
"""
CLOCK = """
[[clock]]
id = "day"
label = "tell the sponsor"
from = "site_awareness"
applies = "serious"
to = "sponsor"
hours = 24
source = "made up"
"""
EXPECTED = """
[[expected]]
id = "e"
terms = ["steroids"]
grade = 3
source = "made up"
"""
STOPPING = """
[[stopping]]
id = "s"
label = "exacerbations"
arm = "A"
when = "any exacerbation within 4 weeks after baseline_day"
moment = "baseline_day"
within = "4 weeks"
acceptable = "0.10"
prior = ["0.5", "4.5"]
cutoff = "0.95"
alpha = "0.10"
first = 5
most = 20
source = "made up"
ours = true
"""
LATE = """
[[late]]
id = "l"
label = "late ones"
terms = ["antibiotics"]
followed = "for life"
medians = ["26", "41"]
spread = "0.6"
study = "36 months"
source = "made up"
"""


def read(text: str) -> tuple[Protocol | None, str]:
    files = {path.name: path.read_bytes() for path in SANDBOX.iterdir()}
    files["safety.toml"] = text.encode()
    protocol, mistakes = read_protocol("sandbox", files)
    return protocol, "\n".join(str(mistake) for mistake in mistakes)


def sound(text: str) -> Protocol:
    protocol, mistakes = read(text)
    assert protocol is not None, mistakes
    return protocol


# ---------------------------------------------------------------- versions of the tables
def test_a_table_with_its_own_version_needs_no_pin() -> None:
    trial = sound(OLD)
    assert trial.gradings["potassium"].version == "made up"
    assert trial.safety == Safety()
    assert list(trial.grading_versions) == ["made up"]


@pytest.mark.parametrize(("pinned", "limits"), [("5.0", ["3.5", "3.2"]), ("6.0", ["3.5", "3.0"])])
def test_one_line_pins_the_version(pinned: str, limits: list[str]) -> None:
    trial = sound(VERSIONS.replace('ctcae = "5.0"', f'ctcae = "{pinned}"'))
    table = trial.gradings["potassium"]
    assert table.version == f"CTCAE {pinned}" and trial.safety.ctcae == pinned
    assert [str(step.limit.stated[0].lo) for step in table.steps] == limits  # pyright: ignore
    assert [step.grade for step in table.steps] == [1, 2], "the lowest grade first, however the file orders them"


def test_every_version_is_kept_for_the_docs() -> None:
    trial = sound(VERSIONS)
    assert {version: list(tables) for version, tables in trial.grading_versions.items()} == {
        "CTCAE 5.0": ["potassium"],
        "CTCAE 6.0": ["potassium"],
    }
    assert trial.grading_versions["CTCAE 6.0"]["potassium"].note == "one step more"


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ('ctcae = "5.0"', 'ctcae = "4.0"', "potassium has no table of CTCAE 4.0, which is pinned (it has 5.0, 6.0)"),
        ('ctcae = "5.0"', 'ctcae = "4.0"', 'ctcae = "4.0" pins a version of which the file has no table'),
        ('ctcae = "5.0"', "", "potassium has a table for each version: pin one"),
        ('ctcae = "5.0"', "ctcae = 5.0", 'write the version as text: ctcae = "5.0"'),
        ('source = "made up, later"', "", "the grading of potassium needs a source"),
        ('1 = "< 3.5 mmol/L"\n2 = "< 3.2', '6 = "< 3.5 mmol/L"\n2 = "< 3.2', '"6" is not a grade'),
        ('note = "one', 'remark = "one', '"remark" is not a property of a grading'),
    ],
)
def test_what_is_wrong_with_versions_is_told_with_its_place(right: str, wrong: str, message: str) -> None:
    assert right in VERSIONS
    protocol, mistakes = read(VERSIONS.replace(right, wrong, 1))
    assert protocol is None and message in mistakes and mistakes.startswith("safety.toml:")


# ---------------------------------------------------------------- the rest
def test_an_empty_file_lays_down_nothing() -> None:
    files = {path.name: path.read_bytes() for path in SANDBOX.iterdir()}
    del files["safety.toml"]
    criteria = files["criteria.toml"].decode().replace("potassium grade >= 2", "potassium < 3.2 mmol/L")
    protocol, mistakes = read_protocol("sandbox", {**files, "criteria.toml": criteria.encode()})
    assert mistakes == [] and protocol is not None and protocol.safety == Safety()


def test_all_of_it_is_read() -> None:
    safety = sound(OLD + EVENT + CLOCK + EXPECTED + STOPPING + LATE).safety
    assert safety.event is not None and (safety.event.record, safety.event.term) == ("exacerbation", "treated_with")
    (clock,) = safety.clocks
    assert (clock.starts, clock.applies, clock.to, clock.limit) == ("site_awareness", "serious", "sponsor", "24 hours")
    (expected,) = safety.expected
    assert (expected.terms, expected.grade, expected.fatal) == (("steroids",), 3, False)
    stopping = safety.stop("s")
    assert stopping is not None and stopping.moment.name == "baseline_day" and stopping.within == Duration(4, "week")
    assert (stopping.acceptable, stopping.prior) == (Decimal("0.10"), (Decimal("0.5"), Decimal("4.5")))
    assert (stopping.first, stopping.every, stopping.most, stopping.ours) == (5, 1, 20, True)
    assert safety.stop("none") is None
    (late,) = safety.late
    assert (late.medians, late.spread, late.study) == (
        (Decimal(26), Decimal(41)),
        Decimal("0.6"),
        Duration(36, "month"),
    )


WRONG = [
    ('from = "site_awareness"', 'from = "noon"', "day needs from: one of site_awareness, sponsor_awareness"),
    ('applies = "serious"', 'applies = "all"', "day needs applies: one of serious"),
    ("hours = 24", "hours = 24\ndays = 1", "day needs hours or days, one of the two"),
    ("hours = 24", "hours = 0", "day needs hours or days"),
    ('to = "sponsor"\n', "", "day needs to: whom to tell"),
    ('label = "tell the sponsor"\n', "", "day needs a label"),
    ("hours = 24", "hours = 24\nurgent = true", '"urgent" is not a property of day'),
    ('terms = ["steroids"]', 'terms = ["steroid"]', '"steroid" is not a term of adverse events'),
    ('terms = ["steroids"]', "terms = []", "e needs its terms"),
    ("grade = 3", "grade = 5", "e needs a grade from 1 to 4"),
    ('record = "exacerbation"', 'record = "potassium"', "[event] needs its record"),
    ('term = "treated_with"', 'term = "cause"', '"cause" is not a field of exacerbation that is a choice'),
    ('term = "treated_with"', 'grade = "cause"', '"cause" is not a field of exacerbation that is a quantity'),
    ('term = "treated_with"', 'term = "treated_with"\nfatal = "dead"', '"dead" is not an answer of the outcome'),
    ('term = "treated_with"', 'term = "treated_with"\nplace = "x"', '"place" is not a property of an event'),
    ('arm = "A"', 'arm = "C"', "s needs an arm: one of A, B"),
    ("any exacerbation within", "any exacerbtion within", 'there is no concept "exacerbtion"'),
    ('moment = "baseline_day"', 'moment = "potassium"', "s needs a moment"),
    ('within = "4 weeks"', 'within = "soon"', 's needs within, such as "6 months"'),
    ('acceptable = "0.10"', 'acceptable = "10"', "s needs acceptable: a share between 0 and 1"),
    ('prior = ["0.5", "4.5"]', 'prior = ["0"]', "s needs prior: two numbers above 0"),
    ("first = 5", "first = 50", "s needs first, every and most as whole numbers"),
    ("most = 20\n", "", "s needs first, every and most as whole numbers"),
    ('followed = "for life"\n', "", "l needs followed"),
    ('spread = "0.6"', 'spread = "-1"', "write the spread of l"),
    ('study = "36 months"', 'study = "long"', "write how long the study of l follows people"),
    ('medians = ["26", "41"]', 'medians = ["26"]', "l needs medians: two numbers"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "message"), WRONG)
def test_what_is_wrong_is_told_with_its_place(right: str, wrong: str, message: str) -> None:
    text = OLD + EVENT + CLOCK + EXPECTED + STOPPING + LATE
    assert right in text
    protocol, mistakes = read(text.replace(right, wrong, 1))
    assert protocol is None and message in mistakes and mistakes.startswith("safety.toml:")


def test_terms_need_to_know_where_they_are_recorded() -> None:
    assert "e needs an [event] table" in read(OLD + EXPECTED)[1]


def test_two_of_one_name_are_refused() -> None:
    assert "day stands here a second time" in read(OLD + CLOCK + CLOCK)[1]
