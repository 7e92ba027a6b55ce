"""The audit trail in rows that people read: one for each field that was created, changed, voided or redacted."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple

from .canonical import canonical_text
from .entry import Entry

REDACTED: Final = "[redacted]"

Act = Literal["create", "change", "void", "redaction"]
Asked = Callable[[int], Entry]

# What a person entered about a fact beside its value; its day has a column of its own while it does not change.
_BESIDE: Final = ("when", "end", "reference", "doubt")
# Where it came from: shown only where nothing else tells the correction from what it corrects.
_ORIGIN: Final = ("source", "reported", "issued")
_SHORT: Final = 200


class TrailRow(NamedTuple):
    """One field of one entry.

    seq, at: the entry and when it was written (UTC); observed: the day of the observation, as the fact states it.
    concept, field: what was entered, and which part of it; the field is the concept itself unless it is a record's.
    old, new: the values as text, empty where there was none, "[redacted]" where it was taken away.
    """

    seq: int
    at: str
    observed: str
    subject: str
    site: str
    concept: str
    field: str
    old: str
    new: str
    reason: str
    actor: str
    role: str
    act: Act


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which rows are asked for; what is empty is not asked. since, until: days of entry ("2026-03-02"), both included.

    field: a concept or one of its fields.
    """

    site: str = ""
    subject: str = ""
    field: str = ""
    since: str = ""
    until: str = ""

    def takes(self, row: TrailRow) -> bool:
        day = row.at[:10]
        return (
            self.site in ("", row.site)
            and self.subject in ("", row.subject)
            and self.field in ("", row.concept, row.field)
            and self.since <= day
            and (not self.until or day <= self.until)
        )


EVERYTHING: Final = Chosen()


def trail(entries: Iterable[Entry], entry_of: Asked, chosen: Chosen = EVERYTHING) -> Iterator[TrailRow]:
    """The rows of the entries, in their order. entry_of: gives the entry that another one is about (`store.entry`)."""
    for entry in entries:
        for row in _rows(entry, entry_of):
            if chosen.takes(row):
                yield row


def history(entries: Iterable[Entry], entry_of: Asked, subject: str, concept: str = "") -> Iterator[TrailRow]:
    """What happened to one field of one subject, oldest first; to all its fields without a concept."""
    return trail(entries, entry_of, Chosen(subject=subject, field=concept))


def _rows(entry: Entry, entry_of: Asked) -> Iterator[TrailRow]:
    match entry.kind:
        case "fact" if entry.target:
            before = _fields(entry_of(entry.target))
            for name, old, new in _changes(before, _fields(entry)):
                yield _row(entry, "change", name, old, new)
        case "fact":
            for name, new in _fields(entry).items():
                if name not in ("when", *_ORIGIN):
                    yield _row(entry, "create", name, "", new)
        case "void":
            about = entry_of(entry.target)
            for name, old in _fields(about).items():
                if name not in ("when", *_ORIGIN):
                    yield _row(entry, "void", name, old, "", observed=_observed(about))
        case "redaction":
            part = "" if entry.body is None else str(entry.body["part"])
            yield _row(entry, "redaction", part, "", REDACTED, observed=_observed(entry_of(entry.target)))
        case _:
            yield _row(entry, "create", entry.kind, "", _short(entry.body))


def _changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """The fields that differ: name, old, new. A correction of nothing is still a row: nothing vanishes."""
    differing = [
        (name, before.get(name, ""), after.get(name, ""))
        for name in dict.fromkeys([*after, *before])
        if before.get(name) != after.get(name)
    ]
    entered = [change for change in differing if change[0] not in _ORIGIN]
    unchanged = [(name, text, text) for name, text in after.items() if name not in _ORIGIN][:1]
    return entered or differing or unchanged


def _row(entry: Entry, act: Act, name: str, old: str, new: str, observed: str | None = None) -> TrailRow:
    return TrailRow(
        seq=entry.seq,
        at=entry.at,
        observed=_observed(entry) if observed is None else observed,
        subject=entry.subject,
        site=entry.site,
        concept=entry.concept,
        field=name,
        old=old,
        new=new,
        reason=REDACTED if entry.reason is None else entry.reason,
        actor=entry.actor,
        role=entry.role,
        act=act,
    )


# ---------------------------------------------------------------- the body of a fact
def _observed(entry: Entry) -> str:
    when = (entry.body or {}).get("when", "")
    return when if isinstance(when, str) else ""


def _fields(entry: Entry) -> dict[str, str]:
    """A fact's fields by name: its value under the concept, or each field of a record; then what stands beside it.

    Any other entry has one field, its kind.
    """
    if entry.kind != "fact":
        return {entry.kind: _short(entry.body)}
    if entry.body is None:
        return {entry.concept: REDACTED}
    value = entry.body.get("value", {})
    parts = value.get("record") if isinstance(value, Mapping) else None
    fields = {name: value_text(part) for name, part in parts.items()} if parts else {entry.concept: value_text(value)}
    return fields | {name: _beside(entry.body[name]) for name in (*_BESIDE, *_ORIGIN) if entry.body.get(name)}


def _beside(data: Any) -> str:
    """A date or words as they are; a reference range as its two limits."""
    if isinstance(data, str):
        return data
    return " to ".join("?" if limit is None else value_text({"quantity": limit}) for limit in data)


def value_text(value: Any) -> str:
    """A value of `fact_data` as text: "7.8 g/dL", "5 to 7 mg", "< 5 mg", "yes", "2026-03-01/2026-03-31"."""
    match value:
        case {"quantity": [low, high, unit, *opened]}:
            return f"{_bounds(low, high, *opened)} {unit}".rstrip()
        case {"choice": [*answers]}:
            return ", ".join(str(answer) for answer in answers)
        case {"date": str(words)} | {"text": str(words)}:
            return words
        case {"none": True}:
            return "none"
        case {"record": {**fields}}:
            return "; ".join(f"{name}: {value_text(part)}" for name, part in fields.items())
        case _:
            return _short(value)


def _bounds(low: str | None, high: str | None, low_open: bool = False, high_open: bool = False) -> str:
    if low == high and low is not None:
        return low
    if low is None:
        return "any" if high is None else f"{'<' if high_open else '≤'} {high}"
    if high is None:
        return f"{'>' if low_open else '≥'} {low}"
    return f"{low} to {high}"


def _short(data: Any) -> str:
    if data is None:
        return REDACTED
    words = canonical_text(data)
    return words if len(words) <= _SHORT else words[: _SHORT - 1] + "…"
