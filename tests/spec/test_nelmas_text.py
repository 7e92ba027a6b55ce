"""What NELMAS says is what its record says, word for word; and everything else has its source."""

import re

import pytest

from equipoise.protocol.load import check_trial, load_trial
from equipoise.protocol.model import Entry

NELMAS = load_trial("nelmas")
RECORD = " ".join(NELMAS.record.split())
LINES = [line.strip() for line in NELMAS.record.splitlines() if line.strip()]
ENTRIES = [(section.heading, entry) for section in NELMAS.sections for entry in section.entries]
# Names of files and folders of whoever compiled the facts; none of them is a public source.
PRIVATE = re.compile(r"facts\.md|dictionary\.md|/work|/home|[A-Za-z]:\\|\bSEED\b|\bCLINCOSM\b|\bMEDDATAX\b")


def test_the_folder_holds_together() -> None:
    assert [str(mistake) for mistake in check_trial("nelmas")] == []


# ---------------------------------------------------------------- the record, in its order
def test_the_title_is_the_record_s() -> None:
    assert LINES[0] == NELMAS.title
    assert f"({NELMAS.acronym})" in NELMAS.title


def test_the_condition_and_what_it_is_about_are_the_record_s() -> None:
    assert LINES[1] == NELMAS.condition
    assert LINES[2:4] == ["About this trial", NELMAS.about]


def test_the_sections_stand_in_the_record_s_order() -> None:
    headings = ["About this trial", "Eligibility Criteria", "Sites / Locations", "Arms of the Study"]
    assert [line for line in LINES if line in headings] == headings


def test_there_are_8_inclusion_and_17_exclusion_criteria_in_order() -> None:
    assert NELMAS.ids == (*(f"I{number}" for number in range(1, 9)), *(f"E{number}" for number in range(1, 18)))
    assert [criterion.kind for criterion in NELMAS.criteria] == ["inclusion"] * 8 + ["exclusion"] * 17


def test_the_criteria_s_sentences_are_the_record_s_eligibility_text_word_for_word() -> None:
    inclusion = [criterion.source for criterion in NELMAS.criteria if criterion.kind == "inclusion"]
    exclusion = [criterion.source for criterion in NELMAS.criteria if criterion.kind == "exclusion"]
    whole = " ".join(["Inclusion Criteria:", *inclusion, "Exclusion Criteria:", *exclusion])
    assert LINES[LINES.index("Eligibility Criteria") + 1] == whole


def test_the_record_names_no_site_and_so_do_we() -> None:
    assert LINES[LINES.index("Sites / Locations") + 1] == "Arms of the Study"
    assert NELMAS.sites == ()


def test_the_arms_are_the_record_s() -> None:
    arms = NELMAS.arms
    own = [
        *(arm.id for arm in arms),
        *(arm.kind for arm in arms),
        *(arm.name for arm in arms),
        *(arm.description for arm in arms),
    ]
    assert LINES[LINES.index("Arms of the Study") + 1 :] == own


def test_nothing_of_the_record_is_left_out() -> None:
    headings = ["About this trial", "Eligibility Criteria", "Sites / Locations", "Arms of the Study"]
    marks = ["Inclusion Criteria:", "Exclusion Criteria:"]
    arms = [part for arm in NELMAS.arms for part in (arm.id, arm.kind, arm.name, arm.description)]
    said = [NELMAS.title, NELMAS.condition, NELMAS.about, *headings, *marks, *arms]
    said += [criterion.source for criterion in NELMAS.criteria]
    assert sorted(" ".join(said).split()) == sorted(RECORD.split())


# ---------------------------------------------------------------- everything else has its source
@pytest.mark.parametrize(("heading", "entry"), ENTRIES, ids=[f"{heading}: {entry.label}" for heading, entry in ENTRIES])
def test_what_is_known_has_a_public_source_or_is_ours(heading: str, entry: Entry) -> None:
    assert entry.value
    assert entry.source or entry.ours
    assert not (entry.source and entry.ours)
    assert not PRIVATE.search(f"{entry.source} {entry.note} {entry.value}")


def test_what_is_known_says_how_sure_it_is() -> None:
    sure = ("Seen in the source", "Derived here.", "Unverified.", "Looked for, not found.", "Withholding, recovery and")
    numbers = "The three numbers of the label are unverified"
    unsaid = [entry.label for _, entry in ENTRIES if not entry.ours and not entry.note.startswith((*sure, numbers))]
    assert unsaid == []


def test_known_labels_are_said_once() -> None:
    labels = [(heading, entry.label) for heading, entry in ENTRIES]
    assert len(set(labels)) == len(labels)


def test_all_nine_contradictions_are_kept_visible() -> None:
    (contradictions,) = [section for section in NELMAS.sections if section.heading.startswith("Contradictions")]
    assert [entry.label[:3] for entry in contradictions.entries] == [f"({letter})" for letter in "abcdefghi"]


def test_the_published_hazard_ratio_is_called_mislabelled_where_it_stands() -> None:
    entries = {entry.label: entry for _, entry in ENTRIES}
    assert "mislabelled" in entries["Hazard ratio as published"].note
    assert entries["Hazard ratio of 44 % against 25 %"].value == "0.592"


def test_concepts_warnings_and_gradings_name_public_sources() -> None:
    sources = [concept.source for concept in NELMAS.vocabulary.values()]
    sources += [warning.source for warning in NELMAS.warnings]
    sources += [grading.source for grading in NELMAS.gradings.values()]
    assert [source for source in sources if not source or PRIVATE.search(source)] == []


def test_gradings_are_pinned_to_one_version() -> None:
    assert {grading.version for grading in NELMAS.gradings.values()} == {"CTCAE 5.0"}
