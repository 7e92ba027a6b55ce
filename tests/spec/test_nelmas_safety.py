"""NELMAS: what the pinned version of CTCAE decides, by when a serious event is due, when the trial stops."""

import tomllib
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files

import pytest

from equipoise.conduct.safety import SeriousEvent, clocks, expectedness, grade_of, is_susar
from equipoise.conduct.stopping import boundary_of, tally
from equipoise.dates import on_day
from equipoise.facts import Fact, chosen, record
from equipoise.protocol.check import read_protocol
from equipoise.protocol.load import load_trial
from equipoise.protocol.model import Protocol
from equipoise.quantities import exactly
from equipoise.rules.case import build_case
from equipoise.rules.evaluate import evaluate
from equipoise.rules.grammar import Language, parse
from equipoise.truth import FALSE, TRUE

NELMAS = load_trial("nelmas")
FOLDER = files("equipoise.trials.nelmas")


def pinned(version: str) -> Protocol:
    """NELMAS with another version of CTCAE in its one line."""
    contents = {path.name: path.read_bytes() for path in FOLDER.iterdir() if path.is_file()}
    text = contents["safety.toml"].decode()
    assert text.count('\nctcae = "5.0"\n') == 1
    contents["safety.toml"] = text.replace('\nctcae = "5.0"\n', f'\nctcae = "{version}"\n').encode()
    protocol, mistakes = read_protocol("nelmas", contents)
    assert mistakes == [] and protocol is not None
    return protocol


SIX = pinned("6.0")


def grade(trial: Protocol, concept: str, number: str) -> int | None:
    fact = Fact("p", concept, exactly(number, "10*9/L"), on_day(date(2026, 3, 2)))
    return grade_of(fact, trial.gradings[concept], trial.vocabulary).grade


@pytest.mark.parametrize(
    ("concept", "number", "by_5", "by_6"),
    [
        ("neutrophils", "0.8", 3, 2),  # withholds the second dose under 5.0, not under 6.0
        ("neutrophils", "0.4", 4, 3),
        ("platelets", "74.9", 2, 2),  # the trigger for platelets is the same
        ("platelets", "20", 4, 3),
        ("platelets", "9.9", 4, 4),
        ("white_cells", "1.9", 3, 3),
    ],
)
def test_the_version_of_ctcae_decides_the_grade(concept: str, number: str, by_5: int, by_6: int) -> None:
    assert (grade(NELMAS, concept, number), grade(SIX, concept, number)) == (by_5, by_6)


def test_a_rule_by_grade_follows_the_pinned_version() -> None:
    fact = Fact("p", "neutrophils", exactly("0.8", "10*9/L"), on_day(date(2026, 3, 2)))
    truths = []
    for trial in (NELMAS, SIX):
        language = Language(trial.vocabulary, trial.moments, {n: t.steps for n, t in trial.gradings.items()})
        case = build_case([fact], date(2026, 3, 2), trial.vocabulary)
        truths.append(evaluate(parse("neutrophils grade >= 3", language), case).truth)
    assert truths == [TRUE, FALSE]


def test_both_versions_state_every_graded_concept_and_another_changes_the_digest() -> None:
    five, six = (NELMAS.grading_versions[f"CTCAE {version}"] for version in ("5.0", "6.0"))
    assert five.keys() == six.keys() == NELMAS.gradings.keys()
    assert {table.version for table in SIX.gradings.values()} == {"CTCAE 6.0"}
    assert NELMAS.digest != SIX.digest


def test_everything_about_safety_names_a_source_and_says_that_it_is_ours() -> None:
    safety = NELMAS.safety
    every = [*safety.clocks, *safety.expected, *safety.stopping, *safety.late]
    assert len(every) == 9 and all(each.source and each.ours for each in every)
    assert [
        table.source for tables in NELMAS.grading_versions.values() for table in tables.values() if not table.source
    ] == []


def test_the_words_for_events_are_those_of_the_conduct() -> None:
    assert NELMAS.safety.event is not None and NELMAS.safety.event.record == NELMAS.conduct.adverse_event


AWARE = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def event(term: str, grade: int, **more: object) -> SeriousEvent:
    return SeriousEvent(
        "1", "P-001", term, on_day(AWARE.date()), AWARE, AWARE, grade=grade, related_investigator=True, **more  # pyright: ignore
    )  # fmt: skip


def test_the_clocks_of_a_fatal_and_of_another_unexpected_reaction() -> None:
    fatal = event("acute_leukaemia", 5, fatal=True, fatal_or_life_threatening=True)
    assert [(s.clock.id, s.due) for s in clocks(fatal, NELMAS.safety, AWARE)] == [
        ("sae_24h", AWARE + timedelta(hours=24)),
        ("susar_7d", datetime(2026, 3, 9, 23, 59, 59, 999999, tzinfo=UTC)),
    ]
    other = event("nephrotoxicity", 3, fatal_or_life_threatening=False)
    assert [(s.clock.id, s.due) for s in clocks(other, NELMAS.safety, AWARE)][1] == (
        "susar_15d", datetime(2026, 3, 17, 23, 59, 59, 999999, tzinfo=UTC),
    )  # fmt: skip


def test_what_is_expected() -> None:
    assert expectedness(event("thrombocytopenia", 4), NELMAS.safety).expected is TRUE
    assert expectedness(event("nausea", 4), NELMAS.safety).expected is FALSE
    for unlisted in ("myelodysplastic_syndrome", "acute_leukaemia", "hormonal_crisis", "hypersensitivity", "other"):
        assert is_susar(event(unlisted, 3), NELMAS.safety) is TRUE


def test_the_boundary_and_what_it_does() -> None:
    (rule,) = NELMAS.safety.stopping
    assert boundary_of(rule).steps() == (
        (5, 7, 3), (8, 13, 4), (14, 20, 5), (21, 26, 6), (27, 33, 7), (34, 41, 8), (42, 48, 9), (49, 53, 10),
    )  # fmt: skip


def test_lymphopenia_alone_never_counts_toward_stopping() -> None:
    (rule,) = NELMAS.safety.stopping

    def person(term: str) -> list[Fact]:
        stated = {"term": chosen(term), "related": chosen("yes"), "grade": exactly(3, "{score}")}
        return [
            Fact("p", "full_dose", record(cycle=exactly(1, "1")), on_day(date(2026, 3, 2))),
            Fact("p", "adverse_event", record(**stated), on_day(date(2026, 4, 1))),
        ]

    people = {"a": person("lymphopenia"), "b": person("anaemia")}
    counted = tally(rule, people, NELMAS.vocabulary, date(2026, 12, 1))
    assert (counted.having, counted.without) == (("b",), ("a",))


def test_the_file_keeps_one_line_that_pins() -> None:
    parsed = tomllib.loads((FOLDER / "safety.toml").read_text(encoding="utf-8"))
    assert parsed["ctcae"] == NELMAS.safety.ctcae == "5.0"
