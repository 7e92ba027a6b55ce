"""schedule.toml -> the visits of a trial, checked: arms, moments, concepts, windows, and the same imaging for all."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, get_args

from ..dates import NO_TIME, Duration, shifted
from ..rules.grammar import Language
from .file import File, items_under
from .places import Path
from .visits import ENDS, KINDS, End, Extension, Schedule, Visit, VisitKind
from .words import read_duration

_TOP: Final = {"visit", "source", "ours", "note"}
_KEYS: Final = {
    "id", "label", "kind", "arms", "differs", "from", "target", "every", "until", "window", "early", "late",
    "extendable", "collects", "series", "procedure", "sets", "gives_way_to", "ends_with", "source", "ours", "note",
}  # fmt: skip
_EXTENSION_KEYS: Final = {"latest", "when", "note"}
_ID: Final = re.compile(r"[a-z][a-z0-9_]*\Z")
_MOST: Final = 200  # turns of one visit: more is a slip of the pen
# Months differ in length, so what overlaps after one day need not after another: windows are tried from the first and
# the last day of every month of a leap year (ordinals of 1 January 2000 and of 31 December 1999).
_STARTS: Final = tuple(shifted(day, Duration(months, "month")) for day in (730_120, 730_119) for months in range(12))


@dataclass(frozen=True, slots=True)
class _Item:
    """One [[visit]] as it stands, and where."""

    file: File
    path: Path
    name: str
    table: Mapping[str, Any]

    def report(self, key: str, message: str) -> None:
        """A mistake at the key, or at the visit where it has no such key."""
        self.file.report((*self.path, key) if key in self.table else self.path, message)


def read_schedule(file: File, language: Language, arms: tuple[str, ...]) -> Schedule:
    """The schedule that the file declares; every mistake goes to the file, none stops the reading."""
    for key in file.table.keys() - _TOP:
        file.report((key,), f'"{key}" is not a property of a schedule ({", ".join(sorted(_TOP))})')
    found: list[Visit] = []
    for index, table in enumerate(items_under(file, "visit")):
        item = _Item(file, ("visit", str(index)), str(table.get("id", f"visit {index + 1}")), table)
        visit = _visit(item, language, arms, found)
        _check_against_others(item, visit, found)
        found.append(visit)
    source, note = (str(file.table.get(key, "")) for key in ("source", "note"))
    return Schedule(tuple(found), source, bool(file.table.get("ours", False)), note)


# ---------------------------------------------------------------- one visit
def _visit(item: _Item, language: Language, arms: tuple[str, ...], before: Sequence[Visit]) -> Visit:
    table = item.table
    for key in table.keys() - _KEYS:
        item.report(key, f'"{key}" is not a property of a visit ({", ".join(sorted(_KEYS))})')
    if not _ID.match(item.name):
        item.report("id", f'"{item.name}" is no id of a visit: write it with a to z, digits and _')
    if not str(table.get("label", "")).strip():
        item.report("label", f"{item.name} needs a label, the words by which people know it")
    if not table.get("source") and not table.get("ours"):
        item.report("source", f"{item.name} needs a source, or ours = true for a default of ours")
    kind = _kind(item)
    moment, counted_from = _moment(item, "from", language, before)
    every = _duration(item, "every")
    targets = _targets(item, every)
    early, late = _margins(item)
    visit = Visit(
        id=item.name,
        label=str(table.get("label", item.name)),
        kind=kind,
        moment=moment,
        counted_from=counted_from,
        targets=targets,
        early=early,
        late=late,
        arms=_arms(item, kind, arms),
        differs=str(table.get("differs", "")),
        collects=_collects(item, language),
        series=str(table.get("series", item.name)),
        extension=_extension(item),
        procedure=_flag(item, "procedure"),
        sets=str(table.get("sets", "")),
        gives_way_to=str(table.get("gives_way_to", "")),
        ends_with=_ends_with(item, kind),
        every=every,
        source=str(table.get("source", "")),
        ours=_flag(item, "ours"),
        note=str(table.get("note", "")),
    )
    _check_windows(item, visit)
    return visit


def _kind(item: _Item) -> VisitKind:
    kind = item.table.get("kind")
    if kind in get_args(VisitKind):
        return kind  # pyright: ignore[reportReturnType]
    item.report("kind", f"{item.name} is of kind {kind!r}: write one of {', '.join(KINDS)}")
    return "contact"


def _arms(item: _Item, kind: VisitKind, arms: tuple[str, ...]) -> tuple[str, ...]:
    """The arms that have the visit; () for all of them."""
    stated = item.table.get("arms")
    if stated == "all":
        return ()
    if not isinstance(stated, list) or not stated:
        item.report("arms", f'{item.name} needs its arms: write arms = "all" or a list of ids')
        return ()
    for arm in stated:
        if arm not in arms:
            item.report("arms", f'"{arm}" is not an arm of the trial ({", ".join(arms)})')
    named = tuple(arm for arm in arms if arm in stated)
    if set(named) == set(arms):
        return ()
    # Who is looked at more often is found to have relapsed earlier: unequal imaging biases an open trial's comparison.
    if kind == "assessment" and not str(item.table.get("differs", "")).strip():
        item.report(
            "arms",
            f"{item.name} is imaging that not every arm has, which would bias when a recurrence is found: write "
            'arms = "all", or differs = "..." to say why the arms may differ',
        )
    return named


def _moment(item: _Item, key: str, language: Language, before: Sequence[Visit]) -> tuple[str, str]:
    """What the visit is counted from, and how people read it."""
    name = str(item.table.get(key, ""))
    if any(visit.sets == name for visit in before if name):
        return name, name
    moment = language.moments.get(name)
    word = moment.look.concept if moment is not None and moment.look is not None else name
    concept = language.vocabulary.get(word)
    if concept is not None and concept.kind in ("record", "date"):
        return name, f"the {concept.label if moment is None else name.replace('_', ' ')}"
    item.report(
        key,
        f'{item.name} is counted from "{name}": write a moment, a concept with a date, or what a visit further up sets',
    )
    return name, name


def _collects(item: _Item, language: Language) -> tuple[str, ...]:
    stated = item.table.get("collects", [])
    if not isinstance(stated, list):
        item.report("collects", 'collects is a list of concepts: ["...", "..."]')
        return ()
    names = tuple(str(name) for name in stated)
    for name in names:
        if name not in language.vocabulary:
            item.report("collects", f'{item.name} collects "{name}", which is not a concept of concepts.toml')
    return names


def _ends_with(item: _Item, kind: VisitKind) -> frozenset[End]:
    """Which ends of the person's course end it; a death always does."""
    stated = item.table.get("ends_with", sorted(ENDS[kind]))
    if not isinstance(stated, list):
        item.report("ends_with", f"ends_with is a list of {', '.join(get_args(End))}")
        return ENDS[kind]
    for end in stated:
        if end not in get_args(End) or end == "withdrawal":
            why = "a withdrawal ends visits as far as its own scope says" if end == "withdrawal" else "there is none"
            item.report("ends_with", f'"{end}" cannot stand in ends_with: {why}')
    return frozenset(end for end in get_args(End) if end in stated or end == "death")


def _flag(item: _Item, key: str) -> bool:
    value = item.table.get(key, False)
    if not isinstance(value, bool):
        item.report(key, f"write {key} = true or {key} = false")
    return value is True


# ---------------------------------------------------------------- times
def _duration(item: _Item, key: str) -> Duration | None:
    """The time under a key; None where there is none, and a mistake where it cannot be read."""
    if key not in item.table:
        return None
    duration = read_duration(item.table[key])
    if duration is None:
        item.report(key, f'{key} of {item.name} is a time such as "8 weeks" or "3 months"')
    return duration


def _targets(item: _Item, every: Duration | None) -> tuple[Duration, ...]:
    """How long after its moment each turn is due: the target and, every so often, until the last."""
    target, until = _duration(item, "target"), _duration(item, "until")
    if target is None:
        if "target" not in item.table:
            item.report("target", f'{item.name} needs a target: how long after its moment it is due, such as "8 weeks"')
        return (NO_TIME,)
    if "every" not in item.table and "until" not in item.table:
        return (target,)
    if every is None or until is None:
        item.report("every", f'{item.name} repeats only with both: every = "3 months" and until = "24 months"')
        return (target,)
    if len({target.unit, every.unit, until.unit}) > 1 or every.count == 0:
        item.report("every", f"write target, every and until of {item.name} in the same unit, every above 0")
        return (target,)
    counts = range(target.count, until.count + 1, every.count)
    if not 2 <= len(counts) <= _MOST or counts[-1] != until.count:
        item.report("until", f"from {target}, every {every}, {item.name} never comes to {until}: write its last turn")
        return (target,)
    return tuple(Duration(count, target.unit) for count in counts)


def _margins(item: _Item) -> tuple[Duration, Duration]:
    """How much sooner and how much later than its target it may be: `window` for both, or `early` and `late`."""
    both = _duration(item, "window")
    if both is not None:
        if "early" in item.table or "late" in item.table:
            item.report("window", f"{item.name} has both a window and early or late: write one of them")
        return both, both
    return _duration(item, "early") or NO_TIME, _duration(item, "late") or NO_TIME


def _extension(item: _Item) -> Extension | None:
    table = item.table.get("extendable")
    if table is None:
        return None
    latest = read_duration(table.get("latest")) if isinstance(table, Mapping) else None
    if latest is None or not table.get("when") or table.keys() - _EXTENSION_KEYS:
        item.report(
            "extendable", f'write until when {item.name} may be extended, and when: {{ latest = "...", when = "..." }}'
        )
        return None
    return Extension(latest, str(table["when"]), str(table.get("note", "")))


# ---------------------------------------------------------------- do the visits fit together?
def _check_windows(item: _Item, visit: Visit) -> None:
    first, _, last = _days(visit, 0, _STARTS[0])
    if first < _STARTS[0]:
        item.report(
            "window" if "window" in item.table else "early", f"{visit.id} may come before what it is counted from"
        )
    if visit.extension is not None and shifted(_STARTS[0], visit.extension.latest) <= last:
        item.report("extendable", f"the extension of {visit.id} ends before its window does")
    if visit.extension is not None and visit.every is not None:
        item.report("extendable", f"{visit.id} repeats, so its window cannot be extended")
    turns = range(len(visit.targets))
    if any(_days(visit, one, day)[2] >= _days(visit, two, day)[0] for one, two in pairwise(turns) for day in _STARTS):
        item.report("every", f"the windows of {visit.id} overlap: a day would belong to two of its turns")


def _check_against_others(item: _Item, visit: Visit, before: Sequence[Visit]) -> None:
    if visit.id in {other.id for other in before}:
        item.report("id", f"{visit.id} stands here a second time")
    if visit.sets and visit.every is not None:
        item.report("sets", f"{visit.id} repeats, so it cannot set one moment")
    if visit.gives_way_to and all(other.sets != visit.gives_way_to for other in before):
        item.report("gives_way_to", f'no visit further up sets "{visit.gives_way_to}"')
    setting = [other for other in before if other.sets == visit.moment]
    if setting and not any(_has_all(other, visit) for other in setting):
        item.report("arms", f"{visit.id} is for an arm that never comes to {visit.moment}")
    for other in before:
        if other.series == visit.series and other.id != visit.id:
            _check_series(item, visit, other)


def _check_series(item: _Item, visit: Visit, other: Visit) -> None:
    """Visits of one series are counted from the same moment in the same arms, and follow each other in time."""
    if (other.moment, other.arms) != (visit.moment, visit.arms):
        item.report(
            "series", f"{visit.id} and {other.id} are of one series: count both from one moment, in the same arms"
        )
    elif any(_days(other, len(other.targets) - 1, day)[2] >= _days(visit, 0, day)[0] for day in _STARTS):
        item.report("series", f"the windows of {other.id} and {visit.id} overlap, or {visit.id} must stand before it")


def _has_all(other: Visit, visit: Visit) -> bool:
    """Has the other visit every arm of this one?"""
    return not other.arms or (bool(visit.arms) and set(visit.arms) <= set(other.arms))


def _days(visit: Visit, turn: int, moment: int) -> tuple[int, int, int]:
    """First day, target and last day of a turn (from 0), counted from the ordinal of its moment."""
    target = shifted(moment, visit.targets[turn])
    return shifted(target, visit.early, -1), target, shifted(target, visit.late)
