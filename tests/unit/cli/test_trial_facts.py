"""Facts as typed: with and without quotes, days beside them, and what is no fact."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.running import nelmas

from equipoise.cli.trial_facts import facts_in, in_place_of, read_stated
from equipoise.dates import on_day
from equipoise.eligibility.notation import NotationError
from equipoise.facts import NOTHING, Fact, ReferenceRange, Text, chosen, record
from equipoise.faults import Fault
from equipoise.quantities import exactly

DAY = date(2026, 3, 2)
LOW = exactly("12", "g/dL")


def read(written: Any, correcting: bool = False, **beside: Any) -> Fact:
    return read_stated(written, beside, nelmas().vocabulary, "", correcting).fact


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("haemoglobin = 12.3 g/dL", exactly("12.3", "g/dL")),
        ('haemoglobin = "12.3 g/dL"', exactly("12.3", "g/dL")),
        ("{ haemoglobin = '12.3 g/dL' }", exactly("12.3", "g/dL")),
        ("ecog = 1", exactly(1, "{score}")),
        ("sex = female", chosen("female")),
        ("pregnant = no", chosen("no")),
        ("pregnant = false", chosen("no")),
        ("anticancer_treatment = none", NOTHING),
        ("birth_date = 1961-04-02", on_day(date(1961, 4, 2))),
        ("consent = { version = 2.0 }", record(version=Text("2.0"))),
        ("liver_resection = {}", record()),
    ],
)
def test_a_line_needs_no_quotes(line: str, value: object) -> None:
    assert read(line, on=DAY).value == value


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("haemoglobin", "is no fact"),
        ("haemoglobin =", "is no fact"),
        ("haemoglobn = 12.3 g/dL", "did you mean haemoglobin"),
        ("haemoglobin = nan", "is no number"),
        ("haemoglobin = high", "is no number"),
        (f"haemoglobin = {'9' * 5000} g/dL", "is no number"),
        (f"haemoglobin = {'9' * 5000}", "is no number"),
        ("{ haemoglobin", "is no table"),
        ("{ haemoglobin = '12 g/dL', corrects = 'L7' }", "`correct` names one"),
    ],
)
def test_what_is_no_fact_says_why(line: str, why: str) -> None:
    with pytest.raises(NotationError, match=why):
        read(line, on=DAY)


def test_a_fact_keeps_the_day_that_it_states_itself() -> None:
    assert read({"haemoglobin": "12 g/dL", "on": date(2026, 3, 1)}, on=DAY).when == on_day(date(2026, 3, 1))
    assert read({"haemoglobin": "12 g/dL"}, on=DAY).when == on_day(DAY)
    treated = {"anticancer_treatment": {"kind": "chemotherapy"}, "from": date(2025, 1, 1), "to": date(2025, 2, 1)}
    assert read(treated, on=DAY).when == on_day(date(2025, 1, 1))


def test_a_correction_has_the_day_the_limits_and_the_source_of_what_it_corrects() -> None:
    limits = ReferenceRange(LOW, None)
    old = Fact("P", "haemoglobin", exactly("21.3", "g/dL"), on_day(DAY), source="the lab", reference=limits)
    stated = read_stated("haemoglobin = 12.3 g/dL", {}, nelmas().vocabulary, "", correcting=True)
    new = in_place_of(old, stated)
    assert (new.value, new.when, new.reference, new.source) == (
        exactly("12.3", "g/dL"), on_day(DAY), limits, "the lab"
    )  # fmt: skip
    dated = read_stated("haemoglobin = 12.3 g/dL", {"on": "2026-03"}, nelmas().vocabulary, "", correcting=True)
    assert in_place_of(old, dated).when.first == date(2026, 3, 1)
    with pytest.raises(NotationError, match="say when"):
        read("haemoglobin = 12.3 g/dL")


def test_a_file_is_told_with_every_mistake_and_its_line(tmp_path: Path) -> None:
    file = tmp_path / "facts.toml"
    file.write_text('facts = [\n  { haemoglobn = "12 g/dL" },\n  { sex = "female" },\n  { ecog = 9 },\n]\n')
    with pytest.raises(Fault) as caught:
        facts_in(file, nelmas().vocabulary)
    first, second = str(caught.value).splitlines()
    assert first.startswith(f"{file}:2: there is no concept")
    assert second.startswith(f"{file}:4: say when")
    file.write_text('[[facts]]\nsex = "female"\n\n[[facts]]\nweight = "70.50 kg"\non = 2026-03-02\n')
    sex, weight = facts_in(file, nelmas().vocabulary)
    assert (sex.source, weight.source) == ("facts.toml, line 1", "facts.toml, line 4")
    assert weight.value == exactly(Decimal("70.50"), "kg")


@pytest.mark.parametrize(
    ("content", "why"), [("facts = [", "is not TOML"), ("title = 'x'", "holds no facts"), ("facts = 3", "holds no")]
)
def test_a_file_without_facts_is_refused(tmp_path: Path, content: str, why: str) -> None:
    file = tmp_path / "facts.toml"
    file.write_text(content)
    with pytest.raises(Fault, match=why):
        facts_in(file, nelmas().vocabulary)
    with pytest.raises(Fault, match="no such file"):
        facts_in(tmp_path / "other.toml", nelmas().vocabulary)
