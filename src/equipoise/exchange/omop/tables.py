"""The tables of the OMOP CDM that hold facts, which of their columns say what, and what a row of any of them says.

Columns by the specification of OMOP CDM 5.4; 5.3 has the same without the later ones (procedure_end_date,
value_source_value of an observation, the event that a measurement or an observation belongs to), which may be absent.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple


class Row(NamedTuple):
    """One row of a clinical table. Ids are whole numbers; everything else is text as the warehouse writes it.

    concept and source_concept: what the row is about; source_value: its code or words in the source.
    begun, ended: dates or date-times. number, operator, unit, unit_text, low, high: a measured value.
    answer: the concept that is its value. text: its value in words; verbatim: its value as the source wrote it.
    modifier: a concept that says more of it. kind: where the row comes from (the type concept).
    event, event_field: the row of which this one says more, and the concept of that row's table.
    """

    person: int
    table: str
    id: int | None
    concept: int | None
    source_concept: int | None
    source_value: str | None
    begun: str | None
    ended: str | None
    number: str | None
    operator: int | None
    answer: int | None
    text: str | None
    verbatim: str | None
    unit: int | None
    unit_text: str | None
    low: str | None
    high: str | None
    modifier: int | None
    kind: int | None
    event: int | None
    event_field: int | None


class Person(NamedTuple):
    """One person: sex as a concept, birth as year, month and day (text, or None), who they are in the source, the site
    that treats them, and when they died."""

    person: int
    gender: int | None
    year: str | None
    month: str | None
    day: str | None
    birth: str | None
    source_value: str | None
    site: str | None
    dead: int
    died: str | None


class Clinical(NamedTuple):
    """A clinical table: the ways of codes.toml by which its codes are looked up, and the columns of each part of a row,
    the first that is there and filled in counting."""

    ways: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]


# Parts of a row that are whole numbers; the others are text.
NUMBERS: Final = frozenset(
    {"person", "id", "concept", "source_concept", "operator", "answer", "unit", "modifier", "kind", "event",
     "event_field"}
)  # fmt: skip
# The parts that are concepts of the vocabulary.
CONCEPTS: Final = ("concept", "source_concept", "answer", "unit", "modifier")

PLAIN: Final = "equipoise:"  # how the source value of the plain form begins

CLINICAL: Final[Mapping[str, Clinical]] = {
    "measurement": Clinical(
        ("observation",),
        {
            "id": ("measurement_id",),
            "concept": ("measurement_concept_id",),
            "source_concept": ("measurement_source_concept_id",),
            "source_value": ("measurement_source_value",),
            "begun": ("measurement_date", "measurement_datetime"),
            "number": ("value_as_number",),
            "operator": ("operator_concept_id",),
            "answer": ("value_as_concept_id",),
            "verbatim": ("value_source_value",),
            "unit": ("unit_concept_id",),
            "unit_text": ("unit_source_value",),
            "low": ("range_low",),
            "high": ("range_high",),
            "kind": ("measurement_type_concept_id",),
            "event": ("measurement_event_id",),
            "event_field": ("meas_event_field_concept_id",),
        },
    ),
    "observation": Clinical(
        ("observation",),
        {
            "id": ("observation_id",),
            "concept": ("observation_concept_id",),
            "source_concept": ("observation_source_concept_id",),
            "source_value": ("observation_source_value",),
            "begun": ("observation_date", "observation_datetime"),
            "number": ("value_as_number",),
            "answer": ("value_as_concept_id",),
            "text": ("value_as_string",),
            "verbatim": ("value_source_value",),
            "unit": ("unit_concept_id",),
            "unit_text": ("unit_source_value",),
            "kind": ("observation_type_concept_id",),
            "event": ("observation_event_id",),
            "event_field": ("obs_event_field_concept_id",),
        },
    ),
    "condition_occurrence": Clinical(
        ("condition",),
        {
            "id": ("condition_occurrence_id",),
            "concept": ("condition_concept_id",),
            "source_concept": ("condition_source_concept_id",),
            "source_value": ("condition_source_value",),
            "begun": ("condition_start_date", "condition_start_datetime"),
            "ended": ("condition_end_date", "condition_end_datetime"),
            "modifier": ("condition_status_concept_id",),
            "kind": ("condition_type_concept_id",),
        },
    ),
    "procedure_occurrence": Clinical(
        ("procedure", "imaging"),
        {
            "id": ("procedure_occurrence_id",),
            "concept": ("procedure_concept_id",),
            "source_concept": ("procedure_source_concept_id",),
            "source_value": ("procedure_source_value",),
            "begun": ("procedure_date", "procedure_datetime"),
            "ended": ("procedure_end_date", "procedure_end_datetime"),
            "modifier": ("modifier_concept_id",),
            "kind": ("procedure_type_concept_id",),
        },
    ),
    "drug_exposure": Clinical(
        ("medication",),
        {
            "id": ("drug_exposure_id",),
            "concept": ("drug_concept_id",),
            "source_concept": ("drug_source_concept_id",),
            "source_value": ("drug_source_value",),
            "begun": ("drug_exposure_start_date", "drug_exposure_start_datetime"),
            # The end as the source states it comes before the end that the loader may have worked out (CDM 5.4).
            "ended": ("verbatim_end_date", "drug_exposure_end_date", "drug_exposure_end_datetime"),
            "kind": ("drug_type_concept_id",),
        },
    ),
}

# Only these may hold the plain form.
WITH_VALUES: Final = ("measurement", "observation")

PERSON: Final = (
    "person_id", "gender_concept_id", "year_of_birth", "month_of_birth", "day_of_birth", "birth_datetime",
    "person_source_value", "care_site_id",
)  # fmt: skip
DEATH: Final = ("person_id", "death_date", "death_datetime")
CDM_SOURCE: Final = ("cdm_source_name", "cdm_source_abbreviation", "source_description")
CARE_SITE: Final = ("care_site_id", "care_site_name")
CONCEPT: Final = ("concept_id", "concept_name", "vocabulary_id", "concept_code")
ANCESTOR: Final = ("ancestor_concept_id", "descendant_concept_id")

# Looked at only to tell how much they hold that no rule can use.
COUNTED: Final = ("device_exposure", "note", "specimen", "episode")
NEEDED: Final = ("person", "concept")


def _columns() -> Mapping[str, tuple[str, ...]]:
    clinical = {
        name: ("person_id", *(column for columns in table.columns.values() for column in columns))
        for name, table in CLINICAL.items()
    }
    others = {
        "cdm_source": CDM_SOURCE,
        "person": PERSON,
        "death": DEATH,
        "care_site": CARE_SITE,
        "concept": CONCEPT,
        "concept_ancestor": ANCESTOR,
    }
    return {**clinical, **others, **{name: () for name in COUNTED}}


COLUMNS: Final = _columns()
# The columns that hold whole numbers.
IDS: Final = frozenset(
    column for columns in COLUMNS.values() for column in columns if column.endswith("_id") and column != "vocabulary_id"
)
