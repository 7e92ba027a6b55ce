"""[[deadline]] of protocol.toml -> by which day something is to be done, counted from a moment of the person's."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..concepts import Vocabulary
from ..dates import shifted
from ..rules.nodes import Moment
from .file import moment_named as moment_named
from .model import Deadline
from .words import Report, read_duration

_KEYS = {"id", "label", "moment", "earliest", "within", "source", "ours"}
_ANY_YEAR = 730_000  # an ordinal of 1999, to tell which of two durations is the longer


def read_deadlines(
    items: Sequence[Mapping[str, Any]], vocabulary: Vocabulary, moments: Mapping[str, Moment], report: Report
) -> tuple[Deadline, ...]:
    """The deadlines that the parsed tables declare; every mistake goes to `report`, none stops the reading."""
    found: list[Deadline] = []
    for index, item in enumerate(items):
        path = ("deadline", str(index))
        identifier = str(item.get("id", f"deadline {index + 1}"))
        for key in item.keys() - _KEYS:
            report((*path, key), f'"{key}" is not a property of a deadline ({", ".join(sorted(_KEYS))})')
        for key in ("id", "label", "source"):
            if not str(item.get(key, "")).strip():
                report(path, f"{identifier} needs a {key}")
        if identifier in {deadline.id for deadline in found}:
            report((*path, "id"), f"{identifier} stands here a second time")
        deadline = _deadline(identifier, item, path, vocabulary, moments, report)
        if deadline is not None:
            found.append(deadline)
    return tuple(found)


def _deadline(
    identifier: str, item: Mapping[str, Any], path: tuple[str, ...], vocabulary: Vocabulary,
    moments: Mapping[str, Moment], report: Report,
) -> Deadline | None:  # fmt: skip
    moment = moment_named(str(item.get("moment", "")), vocabulary, moments)
    if moment is None:
        report((*path, "moment"), f"{identifier} needs a moment: a name of [moments] or a concept with a date")
    within = read_duration(item.get("within"))
    if within is None:
        report((*path, "within"), f'{identifier} needs within, such as "70 days": how long after the moment it may be')
    earliest = read_duration(item.get("earliest", "0 days"))
    if earliest is None:
        report((*path, "earliest"), f'write the earliest day of {identifier} as a time after the moment: "42 days"')
    if moment is None or within is None or earliest is None:
        return None
    if shifted(_ANY_YEAR, earliest) > shifted(_ANY_YEAR, within):
        report((*path, "earliest"), f"the earliest day of {identifier}, {earliest}, lies after its last, {within}")
    label, source = str(item.get("label", identifier)), str(item.get("source", ""))
    return Deadline(identifier, label, moment, earliest, within, source, bool(item.get("ours", False)))
