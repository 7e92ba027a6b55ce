"""Deadlines and the sign of the disease are data of the protocol, checked like the rest of it."""

from pathlib import Path

import pytest

from equipoise.dates import Duration
from equipoise.protocol.check import read_protocol
from equipoise.protocol.load import load_trial
from equipoise.protocol.model import Protocol
from equipoise.rules.nodes import concepts_of

SANDBOX = Path(__file__).parents[2] / "trials" / "sandbox"
DEADLINE = """
[[deadline]]
id = "start"
label = "start of treatment"
moment = "baseline_day"
earliest = "1 week"
within = "2 weeks"
source = "made up"
ours = true
"""


def read(more: str) -> tuple[Protocol | None, list[str]]:
    files = {path.name: path.read_bytes() for path in SANDBOX.iterdir()}
    files["protocol.toml"] += more.encode()
    protocol, mistakes = read_protocol("sandbox", files)
    return protocol, [str(mistake) for mistake in mistakes]


def test_a_deadline_is_read() -> None:
    protocol, mistakes = read(DEADLINE)
    assert mistakes == [] and protocol is not None
    (deadline,) = protocol.deadlines
    assert (deadline.id, deadline.label, deadline.ours) == ("start", "start of treatment", True)
    assert deadline.moment is protocol.moments["baseline_day"]
    assert (deadline.earliest, deadline.within) == (Duration(1, "week"), Duration(2, "week"))


def test_a_concept_with_a_date_is_a_moment_too_and_the_earliest_day_can_be_left_out() -> None:
    protocol, mistakes = read(DEADLINE.replace("baseline_day", "biologic").replace('earliest = "1 week"\n', ""))
    assert mistakes == [] and protocol is not None
    assert protocol.deadlines[0].moment.name == "biologic" and protocol.deadlines[0].earliest.count == 0


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ('"baseline_day"', '"potassium"', "needs a moment"),
        ('"2 weeks"', '"soon"', 'needs within, such as "70 days"'),
        ('"2 weeks"', '"² weeks"', 'needs within, such as "70 days"'),
        ('"1 week"', '"early"', "write the earliest day of start"),
        ('"1 week"', '"3 weeks"', "the earliest day of start, 3 weeks, lies after its last, 2 weeks"),
        ('source = "made up"', "", "start needs a source"),
        ("ours = true", "urgent = true", '"urgent" is not a property of a deadline'),
        ('label = "start of treatment"', 'label = ""', "start needs a label"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(right: str, wrong: str, message: str) -> None:
    assert right in DEADLINE
    protocol, mistakes = read(DEADLINE.replace(right, wrong))
    assert protocol is None
    assert message in "\n".join(mistakes) and mistakes[0].startswith("protocol.toml:")


def test_two_of_one_name_are_refused() -> None:
    assert "start stands here a second time" in "\n".join(read(DEADLINE + DEADLINE)[1])


def test_the_sign_is_a_rule() -> None:
    protocol, mistakes = read('\n[sign]\nwhen = "exacerbation is recorded or fev1 is recorded"\n')
    assert mistakes == [] and protocol is not None and protocol.sign is not None
    assert concepts_of(protocol.sign) == {"exacerbation", "fev1"}


def test_a_wrong_sign_is_told_under_its_character() -> None:
    assert any(
        'there is no concept "fev"' in told and "^^^" in told for told in read('\n[sign]\nwhen = "fev > 1 L"')[1]
    )
    assert any("the sign needs a rule" in told for told in read('\n[sign]\nnote = "nothing"')[1])
    assert any('"why" is not a property' in told for told in read('\n[sign]\nwhen = "fev1 > 1 L"\nwhy = "x"')[1])


def test_a_trial_may_have_neither() -> None:
    protocol, _ = read("")
    assert protocol is not None and protocol.deadlines == () and protocol.sign is None


def test_the_first_dose_of_nelmas() -> None:
    trial = load_trial("nelmas")
    (first_dose,) = trial.deadlines
    assert (first_dose.earliest.days, first_dose.within.days) == (42, 70)
    assert "ASCO TPS4225" in first_dose.source
    assert trial.sign is not None and "liver_resection" in concepts_of(trial.sign)
