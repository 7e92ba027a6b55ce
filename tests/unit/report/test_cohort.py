"""A large cohort in words and as data: truths for all, sentences for those for whom they were asked."""

import json
from datetime import date

from equipoise.eligibility.cohort import Answer
from equipoise.eligibility.person import screen_person
from equipoise.eligibility.verdict import Outcome, Verdict
from equipoise.exchange.lake.manifest import Kind
from equipoise.report.cohort import LISTED, answer_row, cohort_text, write_answer_lines, write_answer_rows
from equipoise.report.data import row_of
from equipoise.report.text import drawn
from equipoise.report.words import SYNTHETIC
from equipoise.truth import UNKNOWN

from ..recruitment.asthma import COMPLETE, ON, PEOPLE, TRIAL

COUNT = {"ineligible": 900_000, "undetermined": 99_000, "eligible": 1000, "open": 3000, "people": 1_000_000}


def verdict(name: str, number: int = 0) -> Verdict:
    return screen_person(TRIAL, name, PEOPLE[number], ON, COMPLETE)


def answer(of: Verdict, key: int = 0) -> Answer:
    return Answer(key, of.person, "S1", of.outcome, True, tuple(each.truth for each in of.judgements))


OLD = verdict("old", 4)  # not eligible
LITTLE = verdict("little", 9)  # not yet known
FITS = verdict("fits")


def text(count: dict[str, int], verdicts: list[Verdict], synthetic: bool = False, **unread: Kind) -> str:
    return drawn(cohort_text(TRIAL, ON, count, verdicts, unread, synthetic), 100, False)


def test_data_of_whom_only_the_truths_are_known() -> None:
    lines: list[bytes] = []
    answers = [(answer(OLD), None), (answer(LITTLE), None), (answer(FITS), FITS)]
    write_answer_lines(TRIAL, ON, answers, lines.append)
    old, little, fits = (json.loads(line) for line in lines)
    assert old == {
        "person": "old", "on": "2026-06-01", "trial": "BREATHE", "verdict": "ineligible", "candidate": False,
        "criteria": {each.criterion.id: {"truth": each.truth.value} for each in OLD.judgements},
        "protocol": TRIAL.digest,
    }  # fmt: skip
    assert (little["verdict"], little["candidate"]) == ("undetermined", None)  # only the reference tells
    assert fits == json.loads(json.dumps(FITS.as_dict(), default=str))
    assert old.keys() <= fits.keys()


def test_rows_of_whom_only_the_truths_are_known() -> None:
    assert answer_row(TRIAL, ON, answer(OLD)).keys() == row_of(FITS).keys()
    told: list[bytes] = []
    write_answer_rows(TRIAL, ON, [(answer(LITTLE), None), (answer(FITS), FITS)], told.append)
    heads, little, fits = b"".join(told).decode().splitlines()
    assert heads.startswith("person,on,verdict,candidate,I1,I2")
    assert little.startswith("little,2026-06-01,undetermined,,")
    assert fits.startswith("fits,2026-06-01,eligible,")
    assert UNKNOWN.value in little and UNKNOWN.value not in fits


def test_the_counts_come_first() -> None:
    found = text(COUNT, [FITS])
    assert "BREATHE: 1,000,000 people screened on 1 June 2026" in found
    assert "     1,000  eligible: every criterion is settled in favour" in found
    assert "    99,000  not yet known" in found
    assert "    97,000  of these not looked into, for want of a sign of the disease" in found  # 1000 + 99000 - 3000
    assert "   900,000  not eligible" in found
    assert "and 2,999 more who may enter" in found
    assert SYNTHETIC not in found


def test_what_is_none_is_not_listed() -> None:
    nobody = {"ineligible": 5, "undetermined": 0, "eligible": 0, "open": 0, "people": 5}
    found = text(nobody, [], synthetic=True)
    assert "not yet known" not in found and "more who may enter" not in found
    assert SYNTHETIC in " ".join(found.split())


def test_only_the_first_are_listed_and_no_more_are_explained() -> None:
    explained: list[int] = []

    def each():
        for number in range(LISTED + 50):
            explained.append(number)
            yield verdict(f"P{number:03}")

    found = drawn(cohort_text(TRIAL, date(2026, 6, 1), COUNT, each(), {}, False), 100, False)
    assert len(explained) == LISTED
    assert "P199" in found and "P200" not in found


def test_what_could_not_be_read_is_counted_by_kind() -> None:
    found = text(COUNT, [], code=Kind(1, ("one example",)), unit=Kind(1234, ("5.1 Zellen",)))
    assert "Not read, or read with a remark: 1,235 entries" in found
    assert found.index("1,234  unit") < found.index("1  code")  # the most first
    assert "5.1 Zellen" in found
    assert OLD.outcome is Outcome.INELIGIBLE
