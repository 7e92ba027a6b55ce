"""design.toml -> what a trial published of its sample size, what it never published, and what stands in its place.

Times are months. Each number has a `source`, or ours = true for what the trial never published; `note` says more.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, Final

from .file import File, items_under, table_under
from .places import Path

METHODS: Final = ("schoenfeld", "freedman", "hsieh-freedman", "lachin-foulkes", "bernstein-lagakos")
_MOST: Final = 1_000_000  # people, and months

Number = float | str
Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Stated:
    """One number of the design: its value, and where it is from; ours: the trial never published it."""

    value: Number
    source: str = ""
    ours: bool = False
    note: str = ""

    @property
    def number(self) -> float:
        return float(self.value)


@dataclass(frozen=True, slots=True)
class PublishedSize:
    """A number of people that was published."""

    people: int
    source: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Unpublished:
    """Something that a design needs and that was never published; source: where it was looked for."""

    what: str
    source: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Settings of ours that give a published size; lost: the share of people for whom more are taken in."""

    people: int
    alpha: float
    sides: int
    power: float
    method: str
    accrual: float
    followup: float
    lost: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class DesignPlan:
    """All that is known of a trial's sample size; empty where it has no design.toml.

    published: at (months), control and experimental (shares without an event by then), hazard_ratio as published.
    settings: what a design takes where nothing else is asked for. search: the values whose combinations are tried.
    table: control (shares) and hazard_ratio of the table of powers; power: at which the published ratio is sized.
    endpoint: what is counted, in words.
    """

    endpoint: str = ""
    published: Mapping[str, Stated] = field(default_factory=dict[str, Stated])
    sizes: tuple[PublishedSize, ...] = ()
    unpublished: tuple[Unpublished, ...] = ()
    settings: Mapping[str, Stated] = field(default_factory=dict[str, Stated])
    candidates: tuple[Candidate, ...] = ()
    search: Mapping[str, tuple[Number, ...]] = field(default_factory=dict[str, tuple[Number, ...]])
    table: Mapping[str, tuple[Number, ...]] = field(default_factory=dict[str, tuple[Number, ...]])

    @property
    def is_stated(self) -> bool:
        """Whether there is anything to reproduce: the shares without an event in both arms, and when."""
        return {"at", "control", "experimental"} <= self.published.keys()


# ---------------------------------------------------------------- what a number may be
def _share(value: Any) -> bool:
    return _is_number(value) and 0 < value < 1


def _part(value: Any) -> bool:
    return _is_number(value) and 0 <= value < 1


def _above(value: Any) -> bool:
    return _is_number(value) and 0 < value <= _MOST


def _from_none(value: Any) -> bool:
    return _is_number(value) and 0 <= value <= _MOST


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


# key -> (what it may be, how to say so)
_NUMBERS: Final[dict[str, tuple[Callable[[Any], bool], str]]] = {
    "alpha": (_share, "a share between 0 and 1"),
    "power": (_share, "a share between 0 and 1"),
    "control": (_share, "a share between 0 and 1"),
    "experimental": (_share, "a share between 0 and 1"),
    "lost": (_part, "a share from 0 up and below 1"),
    "loss": (_part, "a share from 0 up and below 1, of people in a year"),
    "at": (_above, "a number of months above 0"),
    "followup": (_above, "a number of months above 0"),
    "accrual": (_from_none, "a number of months, 0 or more"),
    "hazard_ratio": (_above, "a number above 0"),
    "sides": (lambda value: value in (1, 2) and not isinstance(value, bool), "1 or 2"),
    "method": (lambda value: value in METHODS, f"one of {', '.join(METHODS)}"),
}
_TABLES: Final = {
    "published": ("at", "control", "experimental", "hazard_ratio"),
    "setting": ("alpha", "sides", "power", "method", "accrual", "followup", "loss"),
}
_LISTS: Final = {
    "search": ("alpha", "power", "method", "accrual", "followup", "lost"),
    "table": ("control", "hazard_ratio", "power"),
}
_CANDIDATE: Final = ("alpha", "sides", "power", "method", "accrual", "followup", "lost")
_PLAIN: Final = {"size": {"people", "source", "note"}, "unpublished": {"what", "source", "note"}}


def read_design(file: File) -> DesignPlan:
    """What the file declares; every mistake goes to the file, none stops the reading. An empty file: an empty plan."""
    known = {"endpoint", *_TABLES, *_LISTS, *_PLAIN, "candidate"}
    for key in sorted(file.table.keys() - known):
        file.report((key,), f'"{key}" is not a part of a design ({", ".join(sorted(known))})')
    published, settings = (_stated(file, key) for key in _TABLES)
    if published and not {"at", "control", "experimental"} <= published.keys():
        file.report(("published",), "[published] needs at, control and experimental: when, and the shares by then")
    return DesignPlan(
        endpoint=str(file.table.get("endpoint", "")),
        published=published,
        sizes=tuple(_sizes(file)),
        unpublished=tuple(_unpublished(file)),
        settings=settings,
        candidates=tuple(_candidates(file)),
        search=_lists(file, "search"),
        table=_lists(file, "table"),
    )


def _stated(file: File, name: str) -> dict[str, Stated]:
    found: dict[str, Stated] = {}
    for key, item in table_under(file, name).items():
        path = (name, key)
        if key not in _TABLES[name]:
            file.report(path, f'"{key}" is not known in [{name}] ({", ".join(_TABLES[name])})')
        elif not isinstance(item, Mapping) or "is" not in item:
            file.report(path, f"{key} needs a value and where it is from: {key} = {{ is = ..., source = ... }}")
        elif not item.get("source") and item.get("ours") is not True:
            file.report(path, f"{key} needs a source, or ours = true for a default of ours")
        elif _good(file, path, key, item["is"]):
            found[key] = Stated(item["is"], _text(item, "source"), item.get("ours") is True, _text(item, "note"))
    return found


def _good(file: File, path: Path, key: str, value: Any) -> bool:
    allowed, says = _NUMBERS[key]
    if allowed(value):
        return True
    file.report(path, f"{key} is {says}, not {value!r}")
    return False


def _lists(file: File, name: str) -> dict[str, tuple[Number, ...]]:
    """[search] and [table]: ours = true, and a list of values under each key."""
    table = table_under(file, name)
    if table and table.get("ours") is not True:
        file.report((name,), f"[{name}] is a choice of ours: say ours = true")
    found: dict[str, tuple[Number, ...]] = {}
    for key in table.keys() - {"ours", "note"}:
        values = table[key]
        if key not in _LISTS[name]:
            file.report((name, key), f'"{key}" is not known in [{name}] ({", ".join(_LISTS[name])})')
        elif not isinstance(values, list) or not values:
            file.report((name, key), f"{key} in [{name}] is a list of values: {key} = [...]")
        elif all([_good(file, (name, key), key, value) for value in values]):
            found[key] = tuple(values)
    if table and found.keys() != set(_LISTS[name]):
        file.report((name,), f"[{name}] needs {', '.join(_LISTS[name])}")
        return {}
    return {key: found[key] for key in _LISTS[name] if key in found}


def _sizes(file: File) -> list[PublishedSize]:
    found: list[PublishedSize] = []
    for path, item in _plain(file, "size"):
        people = item.get("people")
        if not isinstance(people, int) or isinstance(people, bool) or not 0 < people <= _MOST:
            file.report((*path, "people"), "a published size needs people: a whole number above 0")
        else:
            found.append(PublishedSize(people, _text(item, "source"), _text(item, "note")))
    return found


def _unpublished(file: File) -> list[Unpublished]:
    found: list[Unpublished] = []
    for path, item in _plain(file, "unpublished"):
        if not _text(item, "what"):
            file.report(path, "what was never published needs what: say it in words")
        found.append(Unpublished(_text(item, "what"), _text(item, "source"), _text(item, "note")))
    return found


def _plain(file: File, name: str) -> list[tuple[Path, Item]]:
    found: list[tuple[Path, Item]] = []
    for index, item in enumerate(items_under(file, name)):
        path = (name, str(index))
        for key in sorted(item.keys() - _PLAIN[name]):
            file.report((*path, key), f'"{key}" is not a property of a {name} ({", ".join(sorted(_PLAIN[name]))})')
        if not _text(item, "source"):
            file.report(path, f"each {name} needs a source")
        found.append((path, item))
    return found


def _candidates(file: File) -> list[Candidate]:
    found: list[Candidate] = []
    for index, item in enumerate(items_under(file, "candidate")):
        path = ("candidate", str(index))
        for key in sorted(item.keys() - {*_CANDIDATE, "people", "ours", "note"}):
            file.report((*path, key), f'"{key}" is not a property of a candidate ({", ".join(_CANDIDATE)}, people)')
        if item.get("ours") is not True:
            file.report(path, "a candidate is a guess of ours: say ours = true")
        people = item.get("people")
        if not isinstance(people, int) or isinstance(people, bool) or people < 1:
            file.report((*path, "people"), "a candidate needs people: the published size that it gives")
            continue
        whole = {"lost": 0.0, **{key: item.get(key) for key in _CANDIDATE if key in item or key != "lost"}}
        if all([_good(file, path, key, whole[key]) for key in _CANDIDATE]):
            found.append(Candidate(people, note=_text(item, "note"), **whole))
    return found


def _text(item: Item, key: str) -> str:
    return str(item.get(key, "")).strip()
