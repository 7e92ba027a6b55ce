"""A cohort on DuckDB: answers as Parquet, questions asked of them, whom the reference judges, and broken files."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from equipoise.eligibility import duckdb as engine_module
from equipoise.eligibility.cohort import CODES, Asking, asking_of, by_reference, judge_all
from equipoise.eligibility.duckdb import Answers, DuckDbEngine, connected, files_told, parquet
from equipoise.eligibility.lake import Part
from equipoise.eligibility.person import screen_person
from equipoise.eligibility.verdict import Outcome
from equipoise.facts import Choice, Fact
from equipoise.faults import Fault
from equipoise.quantities import exactly
from equipoise.truth import Truth

from ...asking import fact, rule
from ...tables import part_of
from ..recruitment.asthma import COMPLETE, ON, PEOPLE, TRIAL

# Of a change between two units only the reference judges, so that they all have the one.
ALIKE = [[replace(each, value=exactly(1700, "mL")) if each.value == exactly("1.7", "L") else each for each in facts]
         for facts in PEOPLE]  # fmt: skip
# Answers that the tables cannot hold: the reference judges these two.
ODD = [[*facts, fact("smoking", Choice(frozenset(["pipe|cigar"])), "2026-05-30")] for facts in ALIKE[:2]]
EVERYBODY: list[list[Fact]] = [*ALIKE, *ODD, []]  # and somebody of whom nothing is known
MOMENTS = {"visit": TRIAL.moments["baseline_day"]}
ASKING = asking_of(TRIAL, ON, COMPLETE, MOMENTS)


@pytest.fixture(scope="module")
def part(tmp_path_factory: pytest.TempPathFactory) -> Part:
    return part_of(EVERYBODY, TRIAL.vocabulary, tmp_path_factory.mktemp("facts"))


class Asked:
    """Gives the facts of people, and writes down of whom."""

    def __init__(self) -> None:
        self.keys: list[list[int]] = []

    def __call__(self, parts: Sequence[Part], keys: Sequence[int]) -> Mapping[int, Sequence[Fact]]:
        self.keys.append(list(keys))
        return {key: EVERYBODY[key] for key in keys}


@pytest.fixture
def answers(part: Part, tmp_path: Path) -> Answers:
    judge_all(DuckDbEngine(tmp_path / "engine"), ASKING, [part], tmp_path / "answers", Asked())
    return Answers(TRIAL, tmp_path / "answers", tmp_path / "spill")


def expected(facts: Sequence[Fact]) -> tuple[Truth, ...]:
    return tuple(judgement.truth for judgement in screen_person(TRIAL, "p", facts, ON, COMPLETE).judgements)


def test_everybody_is_answered_in_order_as_the_reference_would(answers: Answers) -> None:
    found = list(answers.each())
    assert [each.key for each in found] == list(range(len(EVERYBODY)))
    assert [each.person for each in found] == [f"p{key}" for key in range(len(EVERYBODY))]
    assert [each.truths for each in found] == [expected(facts) for facts in EVERYBODY]
    assert [each.outcome for each in found] == [
        screen_person(TRIAL, "p", facts, ON, COMPLETE).outcome for facts in EVERYBODY
    ]


def test_the_days_of_moments_and_who_judged(part: Part, tmp_path: Path) -> None:
    asked = Asked()
    DuckDbEngine(tmp_path).judge(ASKING, [part], tmp_path / "a.parquet", asked)
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"SELECT key, by_reference, CAST(visit_lo AS VARCHAR) FROM '{tmp_path}/a.parquet' ORDER BY key"
        ).fetchall()
    left = [len(PEOPLE), len(PEOPLE) + 1]
    assert asked.keys == [left]
    assert [key for key, by, _ in rows if by] == left
    assert rows[0][2] == rows[left[0]][2] == "2026-05-04"
    assert rows[-1][2] is None


def test_whom_the_reference_judges_it_judges_some_at_a_time(
    part: Part, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "_FETCHED", 1)
    asked = Asked()
    DuckDbEngine(tmp_path).judge(ASKING, [part], tmp_path / "a.parquet", asked)
    assert asked.keys == [[len(PEOPLE)], [len(PEOPLE) + 1]]
    judge_all(DuckDbEngine(tmp_path / "e"), ASKING, [part], tmp_path / "answers", asked)
    truths = {each.key: each.truths for each in Answers(TRIAL, tmp_path / "answers", tmp_path / "s").each()}
    assert truths[len(PEOPLE) + 1] == expected(ODD[1])


def test_counts(answers: Answers) -> None:
    verdicts = [screen_person(TRIAL, "p", facts, ON, COMPLETE) for facts in EVERYBODY]
    counted = {outcome.value: sum(each.outcome is outcome for each in verdicts) for outcome in Outcome}
    assert min(counted.values()) > 0
    # Without a sign of the disease in the protocol everybody who may enter is looked into.
    assert answers.count() == {
        **counted, "open": counted["eligible"] + counted["undetermined"], "people": len(EVERYBODY),
    }  # fmt: skip


def test_a_sign_of_the_disease_settles_who_is_looked_into(part: Part, tmp_path: Path) -> None:
    trial = replace(TRIAL, sign=next(each.rule for each in TRIAL.criteria if each.id == "I3"))
    asking = asking_of(trial, ON, COMPLETE)
    judge_all(DuckDbEngine(tmp_path / "engine"), asking, [part], tmp_path / "answers", Asked())
    answers = Answers(trial, tmp_path / "answers", tmp_path / "spill")
    at = trial.ids.index("I3")
    for each in answers.each():
        assert each.sign is (each.truths[at] is Truth.TRUE)
    open_ = [
        a for a in answers.each() if a.outcome is Outcome.ELIGIBLE or (a.outcome is Outcome.UNDETERMINED and a.sign)
    ]
    assert answers.count()["open"] == len(open_) > 0


def test_some_of_them(answers: Answers) -> None:
    assert [each.key for each in answers.each("key IN (3, 1)")] == [1, 3]
    assert {each.outcome for each in answers.each("outcome = 2")} == {Outcome.ELIGIBLE}


def test_people_who_stand_alike(answers: Answers) -> None:
    patterns = answers.patterns()
    assert sum(each.people for each in patterns) == len(EVERYBODY)
    truths = [expected(facts) for facts in EVERYBODY]
    assert {each.truths: each.people for each in patterns} == {each: truths.count(each) for each in truths}
    grouped = answers.patterns(["site", "visit"])
    assert {each.groups[0] for each in grouped} == {"s0", "s1", "s2"}
    months = {each.groups[1]: 0 for each in grouped}
    for each in grouped:
        months[each.groups[1]] += each.people
    assert months == {"": 1, "2026-04": 1, "2026-05": len(EVERYBODY) - 2}


def test_a_moment_within_no_one_month_is_of_none(tmp_path: Path) -> None:
    part = part_of([[fact("baseline_visit", {}, "2026-04-30..2026-05-01")]], TRIAL.vocabulary, tmp_path / "facts")
    judge_all(DuckDbEngine(tmp_path / "engine"), ASKING, [part], tmp_path / "answers", Asked())
    (pattern,) = Answers(TRIAL, tmp_path / "answers", tmp_path / "spill").patterns(["visit"])
    assert pattern.groups == ("",)


def test_nobody_at_all(tmp_path: Path) -> None:
    part = part_of([], TRIAL.vocabulary, tmp_path / "facts")
    judge_all(DuckDbEngine(tmp_path / "engine"), ASKING, [part], tmp_path / "answers", Asked())
    answers = Answers(TRIAL, tmp_path / "answers", tmp_path / "spill")
    assert (list(answers.each()), answers.patterns(), answers.count()["people"]) == ([], [], 0)


def test_no_answers_are_told(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="holds no answers: screen again"):
        Answers(TRIAL, tmp_path, tmp_path).count()


# ---------------------------------------------------------------- files
def test_files_are_named_as_they_are(tmp_path: Path) -> None:
    assert parquet([Path("it's [1]/a*.parquet")]) == (
        "read_parquet(['it''s [[]1]/a[*].parquet'], hive_partitioning = false)"
    )


@pytest.mark.parametrize("length", [0, 3, 200])
def test_a_file_that_breaks_off_is_told(tmp_path: Path, length: int) -> None:
    part = part_of(EVERYBODY, TRIAL.vocabulary, tmp_path)
    file = part.facts["smoking"]
    file.write_bytes(file.read_bytes()[:length])
    with pytest.raises(Fault, match=f"{file} is damaged: load the records once more into another folder."):
        DuckDbEngine(tmp_path / "engine").judge(ASKING, [part], tmp_path / "a.parquet", Asked())
    assert not (tmp_path / "a.parquet").exists()


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (duckdb.IOException("write failed: No space left on device"), "The disk is full: make room"),
        (duckdb.OutOfMemoryException("could not allocate"), "There is not enough memory"),
    ],
)
def test_what_runs_out_is_told(error: duckdb.Error, told: str) -> None:
    with pytest.raises(Fault, match=told), files_told([]):
        raise error


def test_an_error_of_ours_stays_one(part: Part) -> None:
    with pytest.raises(duckdb.BinderException), files_told([part]):
        raise duckdb.BinderException("a column that we did not make")
    with pytest.raises(RuntimeError, match="something else"), files_told([part]):
        raise RuntimeError("something else")


def test_nothing_is_fetched_from_the_network(tmp_path: Path) -> None:
    with connected(tmp_path, "100MB", 1) as connection:
        settings = "autoinstall_known_extensions", "threads", "temp_directory"
        found = connection.execute(f"SELECT {', '.join(f'current_setting({name!r})' for name in settings)}").fetchone()
    assert found == (False, 1, str(tmp_path))


def test_a_rule_of_any_vocabulary(tmp_path: Path) -> None:
    """What the engine finds is by_reference's: for one rule of the tests' own words."""
    from ...asking import WORDS

    people = [[fact("haemoglobin", "7 g/dL", "2026-05-01")], [fact("haemoglobin", "90 g/L", "2026-05-01")], []]
    asking = Asking({"low": rule("haemoglobin < 8 g/dL")}, WORDS, ON)
    part = part_of(people, WORDS, tmp_path)
    DuckDbEngine(tmp_path / "engine").judge(asking, [part], tmp_path / "a.parquet", Asked())
    with duckdb.connect() as connection:
        found = connection.execute(f"SELECT low FROM '{tmp_path}/a.parquet' ORDER BY key").fetchall()
    assert [low for (low,) in found] == [by_reference(asking, facts)["low"] for facts in people] == [2, 0, 1]
    assert CODES[Truth.UNKNOWN] == 1
