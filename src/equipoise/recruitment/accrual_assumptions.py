"""What a trial's assumptions.toml assumes of recruitment (its table [accrual]) -> frozen data, each with its source.

Every entry is a table with `is`, and `source`, or ours = true for what the trial never published; `note` says more.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from ..dates import Duration, day_text, on_day, shifted
from ..faults import Mistake, Mistakes
from .accrual import Plan
from .accrual_belief import Recruited
from .sites import EVEN, Pace, Site

FILE: Final = "assumptions.toml"

# key -> (its kind, how people call it); the order in which they are told.
_KEYS: Final[dict[str, tuple[str, str]]] = {
    "target": ("whole", "people wanted"),
    "starts": ("day", "first site opens"),
    "by": ("day", "last patient wanted by"),
    "sites": ("whole", "number of sites"),
    "opening_every": ("number", "months from one site's opening to the next"),
    "expected_share": ("number", "share of the target that the plan expects by that day"),
    "rate": ("number", "people a site finds a month, on average"),
    "between_sites": ("number", "how sites differ: coefficient of variation of their rates"),
    "common": ("number", "how wrong the plan may be for all sites: coefficient of variation"),
    "consent": ("number", "share of those found who enter"),
    "consent_worth": ("number", "how many people's answers that share is worth"),
    "ramp": ("number", "months of a site's start-up, from nothing to its full rate"),
    "season": ("numbers", "season: a factor for each month, January first"),
    "recruited": ("whole", "people recruited, all at the first site"),
    "looks": ("numbers", "looks, in months after the start"),
    "ended": ("day", "recruitment ended"),
    "wanted": ("number", "wanted probability"),
    "lead": ("whole", "months until a further site opens"),
    "stop_below": ("number", "stop when the target's probability falls below"),
}
_NEEDED: Final = ("target", "starts", "by", "sites")


@dataclass(frozen=True, slots=True)
class Assumed:
    """One assumption: its value, how people call it, where it is from, and what else to say.

    ours: the trial never published it; `source` is then what it is derived from, if anything. stated: by the user.
    """

    key: str
    label: str
    value: Any
    source: str = ""
    ours: bool = False
    note: str = ""
    stated: bool = False

    @property
    def text(self) -> str:
        """The value as people write it."""
        match self.value:
            case date():
                return day_text(self.value)
            case tuple() if all(each == 1 for each in self.value):
                return "none"
            case tuple():
                return ", ".join(f"{each:g}" for each in self.value)
            case _:
                return f"{self.value:,}" if isinstance(self.value, int) else f"{self.value:.3g}"

    def origin(self, trial: str) -> str:
        """Where it is from, in words; an assumption of ours says that the trial never published it."""
        if self.stated:
            return self.source or "stated in this command"
        if not self.ours:
            return f"source: {self.source}"
        return f"not from {trial}" + (f": {self.source}" if self.source else "")


@dataclass(frozen=True, slots=True)
class AccrualAssumptions:
    """All that is assumed, by key, in the order in which it is told."""

    entries: Mapping[str, Assumed]

    def __getitem__(self, key: str) -> Any:
        return self.entries[key].value

    def get(self, key: str, other: Any = None) -> Any:
        """The value assumed under a key, or `other`."""
        return self.entries[key].value if key in self.entries else other

    def stated(self, key: str, value: Any, source: str = "") -> "AccrualAssumptions":
        """The same with a value that the user states instead."""
        return self.with_entry(Assumed(key, _KEYS[key][1], value, source, stated=True))

    def with_entry(self, entry: Assumed) -> "AccrualAssumptions":
        entries = {**self.entries, entry.key: entry}
        order = [*_KEYS, *(key for key in entries if key not in _KEYS)]
        return AccrualAssumptions({key: entries[key] for key in order if key in entries})

    def with_default(self, key: str, value: Any, note: str = "") -> "AccrualAssumptions":
        """The same with a default of ours, where nothing is assumed yet."""
        return self if key in self.entries else self.with_entry(Assumed(key, _KEYS[key][1], value, "", True, note))

    def without(self, *keys: str) -> "AccrualAssumptions":
        return AccrualAssumptions({key: entry for key, entry in self.entries.items() if key not in keys})

    @property
    def pace(self) -> Pace:
        return Pace(tuple(self.get("season", EVEN)), self.get("ramp", 0.0))


def read_accrual(table: Mapping[str, Any], file: str = FILE) -> AccrualAssumptions | None:
    """The assumptions of a parsed assumptions.toml; None when it has no table [accrual]. Raises Mistakes."""
    if "accrual" not in table:
        return None
    mistakes: list[Mistake] = []

    def wrong(key: str, message: str) -> None:
        mistakes.append(Mistake(file, 0, 0, f"[accrual.{key}]: {message}"))

    stated = table["accrual"]
    if not isinstance(stated, Mapping):
        raise Mistakes([Mistake(file, 0, 0, "write accrual as a table: [accrual.target], ...")])
    for key in stated.keys() - _KEYS.keys():
        wrong(key, f'"{key}" is not known here (one of {", ".join(_KEYS)})')
    for key in _NEEDED:
        if key not in stated:
            wrong(key, "is missing")
    found = {key: entry for key in _KEYS if key in stated and (entry := _entry(key, stated[key], wrong)) is not None}
    if mistakes:
        raise Mistakes(mistakes)
    return AccrualAssumptions(found)


def _entry(key: str, entry: Any, wrong: Callable[[str, str], None]) -> Assumed | None:
    kind, label = _KEYS[key]
    if not isinstance(entry, Mapping) or "is" not in entry:
        wrong(key, "needs a value: is = ...")
        return None
    if not entry.get("source") and entry.get("ours") is not True:
        wrong(key, "needs a source, or ours = true for an assumption of ours")
    value = _value(kind, entry["is"])
    if value is None:
        wrong(key, f"{entry['is']!r} is not {_SAYS[kind]}")
        return None
    source, note = str(entry.get("source", "")), str(entry.get("note", ""))
    return Assumed(key, label, value, source, bool(entry.get("ours", False)), note)


_SAYS: Final = {
    "whole": "a whole number, 0 or more", "number": "a number, 0 or more", "day": "a day (2027-03-01)",
    "numbers": "a list of numbers, 0 or more",
}  # fmt: skip


def _value(kind: str, stated: Any) -> Any:
    """The value of a kind; None when it is of another."""
    if kind == "day":
        return stated if type(stated) is date else None
    if kind == "numbers":
        values = [_value("number", each) for each in stated] if isinstance(stated, list) else [None]
        return None if None in values else tuple(values)
    if isinstance(stated, bool) or not isinstance(stated, int | float | Decimal):
        return None
    number = float(stated)
    if not 0 <= number < 1e9 or (kind == "whole" and number != int(number)):
        return None
    return int(number) if kind == "whole" else number


# ---------------------------------------------------------------- the plan that follows
def assumed_plan(assumed: AccrualAssumptions) -> Plan:
    """The sites as assumed, opening one after the other, at the one rate at which the plan works out.

    That rate is such that the expected number of people by `by` is the target (times `expected_share`): nobody
    plans a trial that is expected to fail. Raises Fault when no site is open before `by`.
    """
    every = assumed.get("opening_every", 0.0)
    start = assumed["starts"].toordinal()
    sites = tuple(
        Site(f"site {n + 1}", on_day(date.fromordinal(_months_after(start, n * every))), 1.0,
             assumed.get("between_sites", 0.0))
        for n in range(assumed["sites"])
    )  # fmt: skip
    plan = Plan(sites, assumed["target"], assumed.pace, assumed.get("common", 0.0))
    return with_plan_rate(plan, assumed["by"], assumed.get("expected_share", 1.0))


def with_plan_rate(plan: Plan, by: date, share: float = 1.0) -> Plan:
    """The plan with one rate for all sites, at which the target (times `share`) is the expected number by `by`."""
    months = float(plan.months(by).sum())
    if months <= 0:
        raise Mistakes([Mistake(FILE, 0, 0, f"[accrual]: no site is open before {day_text(by)}")])
    rate = plan.target * share / months
    return replace(plan, sites=tuple(replace(site, rate=rate) for site in plan.sites))


def assumed_looks(assumed: AccrualAssumptions) -> list[tuple[date, Recruited]]:
    """The days of the history's looks, with who had been recruited: the eve of the start, each look, and the end."""
    start = assumed["starts"].toordinal()
    days = [_months_after(start, months) if months else start - 1 for months in assumed.get("looks", ())]
    if "ended" in assumed.entries:
        days.append(assumed["ended"].toordinal())
    number = assumed.get("recruited", 0)
    return [
        (date.fromordinal(day), Recruited({"site 1": number} if number and day >= start else {}))
        for day in sorted(set(days))
    ]


def _months_after(day: int, months: float) -> int:
    """So many months later, as an ordinal; of a part of a month, its days."""
    whole = int(months)
    return shifted(day, Duration(whole, "month")) + round((months - whole) * 30.4375)
