"""A funnel's JSON -> what recruitment wants of it: people found a month at each site, and what a criterion costs.

The shape is that of equipoise funnel --format json (report/funnel_data.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ..faults import Fault

Count = Literal["eligible", "possible"]


@dataclass(frozen=True, slots=True)
class FunnelNumbers:
    """rates: site -> people a month, over the months of the funnel. gains: criterion -> by how many times more people.

    counted: those eligible, or all who are not surely excluded. synthetic: the records say that their people are made
    up. months: how many, the first and the last included; 0 where the funnel tells no months.
    """

    rates: Mapping[str, float]
    gains: Mapping[str, float]
    counted: Count
    synthetic: bool
    months: int


def read_funnel(found: Any, file: str, counted: Count = "eligible") -> FunnelNumbers:
    """The numbers of a parsed JSON. Raises Fault when it is no funnel."""
    try:
        months = _months([str(each["month"]) for each in found["months"]])
        return FunnelNumbers(
            _rates(found, months, counted), _gains(found, file, counted), counted, bool(found["synthetic"]), months
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Fault(f"{file}: is not the JSON of a funnel: write it with equipoise funnel --format json.") from None


def _people(counts: Mapping[str, Any], counted: Count) -> int:
    eligible = int(counts["eligible"])
    return eligible if counted == "eligible" else eligible + int(counts["undetermined"])


def _months(names: list[str]) -> int:
    """From the first month to the last ("2026-05"), both included."""
    known = [(int(name[:4]), int(name[5:7])) for name in names if name]
    if not known:
        return 0
    (first, first_month), (last, last_month) = min(known), max(known)
    return (last - first) * 12 + last_month - first_month + 1


def _rates(found: Mapping[str, Any], months: int, counted: Count) -> dict[str, float]:
    people: dict[str, int] = {}
    for each in found["site_months"]:
        if each["site"] and each["month"]:
            people[str(each["site"])] = people.get(str(each["site"]), 0) + _people(each, counted)
    return {site: number / months for site, number in people.items()}


def _gains(found: Mapping[str, Any], file: str, counted: Count) -> dict[str, float]:
    now = _people(found, counted)
    if now == 0:
        other = "" if counted == "possible" else " Count those not surely excluded: --count possible."
        raise Fault(f"{file}: nobody is {counted}, so nobody can tell by how many times a criterion costs.{other}")
    key = "eligible_without" if counted == "eligible" else "alone"
    gains = {f"without {each['id']}": 1 + int(each[key]) / now for each in found["criteria"]}
    gains |= {f"{each['criterion']}: {each['rule']}": _people(each, counted) / now for each in found["moves"]}
    return {name: times for name, times in gains.items() if times > 1}
