"""A row of the table person -> what FHIR calls a Patient: birth, sex, death, and their number in the source."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ...facts import Unread
from .tables import Person

SEX: Final[Mapping[int, str]] = {8507: "male", 8532: "female", 8521: "other"}  # vocabulary Gender
_NOT_KNOWN: Final = (None, 0, 8551)  # 8551: UNKNOWN


def patient(person: Person) -> dict[str, Any]:
    """The person as the reader of FHIR takes them."""
    made: dict[str, Any] = {"resourceType": "Patient", "id": str(person.person)}
    if person.source_value:
        made["identifier"] = [{"value": person.source_value}]
    if born := birth_date(person):
        made["birthDate"] = born
    if person.gender in SEX:
        made["gender"] = SEX[person.gender]
    if person.died:
        made["deceasedDateTime"] = person.died
    elif person.dead:
        made["deceasedBoolean"] = True
    return made


def birth_date(person: Person) -> str:
    """The date of birth as far as year, month and day state it ("1961-03"); "" when nothing does.

    birth_datetime counts only where there is no year: where the day is not known loaders fill in the first of the
    month, or the 15th of June (CDM 5.4, PERSON.birth_datetime).
    """
    year, month, day = (_whole(part) for part in (person.year, person.month, person.day))
    if not year:
        return person.birth or ""
    parts = [f"{year:04}", *([f"{month:02}"] if month else []), *([f"{day:02}"] if month and day else [])]
    return "-".join(parts)


def _whole(written: str | None) -> int:
    """A whole number, also where it was written as 3.0; 0 for none."""
    text = (written or "").removesuffix(".0")
    return int(text) if text.isascii() and text.isdigit() else 0


def unread_of(person: Person) -> Iterator[Unread]:
    """What the row says that cannot be read."""
    if person.gender not in SEX and person.gender not in _NOT_KNOWN:
        why = "its gender_concept_id is none of 8507 (male), 8532 (female), 8521 (other), 8551 (unknown)"
        yield Unread(f"person {person.person}", "sex", why, "unknown answer", str(person.person))
