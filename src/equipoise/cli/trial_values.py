"""What a verb is told, as typed or as a TOML file states it -> the value that the door takes."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from difflib import get_close_matches
from typing import Any, Final

from ..faults import Fault
from ..quantities import Quantity, number_from_text
from ..report.shell import read_day
from ..units import read_unit
from .trial_verbs import Kind, Told

_YES_NO: Final = {"yes": True, "true": True, "no": False, "false": False}


def read_value(told: Told, stated: Any) -> Any:
    """The value. Raises Fault, in one clause, for what cannot be one. Facts are read elsewhere."""
    value = _READERS[told.kind](stated)
    if told.words and value not in told.words:
        near = get_close_matches(str(value), told.words, n=1, cutoff=0.5)
        meant = f"did you mean {near[0]}?" if near else f"there are {', '.join(told.words)}."
        raise Fault(f'"{value}" is no {told.name}: {meant}')
    return value


def _text(stated: Any) -> str:
    if not isinstance(stated, str):
        raise Fault(f"{stated!r} is no text: write it in quotes.")
    return stated


def _day(stated: Any) -> date:
    found = stated if type(stated) is date else read_day(stated) if isinstance(stated, str) else None
    if found is None:
        raise Fault(f'"{stated}" is not one certain day: write 2026-03-02.')
    return found


def read_moment(stated: Any) -> datetime:
    """A moment with its offset from UTC: 2026-03-02T10:15+01:00, or with Z."""
    try:
        moment = stated if isinstance(stated, datetime) else datetime.fromisoformat(str(stated))
        if moment.utcoffset() is not None:
            moment.astimezone(UTC)  # the ledger's own time: a moment at the very end of the calendar may have none
    except (ValueError, OverflowError):
        moment = None
    if moment is None or moment.utcoffset() is None or type(stated) is date:
        raise Fault(f'"{stated}" is no time with its offset from UTC: write 2026-03-02T10:15+01:00, or Z for UTC.')
    return moment


def _entry(stated: Any) -> int:
    text = str(stated)
    if isinstance(stated, bool) or not re.fullmatch(r"[0-9]{1,15}", text) or int(text) < 1:
        raise Fault(f'"{stated}" is not the number of an entry.')
    return int(text)


def _entries(stated: Any) -> tuple[int, ...]:
    return tuple(_entry(each) for each in (stated if isinstance(stated, list | tuple) else [stated]))


def _yes_no(stated: Any) -> bool:
    found = stated if isinstance(stated, bool) else _YES_NO.get(str(stated).lower())
    if found is None:
        raise Fault(f'"{stated}" is neither yes nor no.')
    return found


def _quantity(stated: Any) -> Quantity:
    found = number_from_text(stated) if isinstance(stated, str) else None
    unit = read_unit(found[1]) if found and found[1] else None
    if found is None or unit is None:
        raise Fault(f'"{stated}" is no number with its unit: write it as "7.3 GBq".')
    return found[0]._replace(unit=unit)


def _waivers(stated: Any) -> dict[str, str]:
    pairs = stated.items() if isinstance(stated, Mapping) else stated
    if isinstance(pairs, str) or not all(isinstance(each, tuple) and len(each) == 2 for each in pairs):
        raise Fault('waivers are written { "the sentence of the open point" = "why it may stay open" }.')
    return {_text(point): _text(why) for point, why in pairs}


def _when(stated: Any) -> Any:
    """A day as far as it is known: the notation of facts reads partial ones, too."""
    return read_day(stated) or stated if isinstance(stated, str) else stated


def _as_stated(stated: Any) -> Any:
    return stated


_READERS: Final[Mapping[Kind, Callable[[Any], Any]]] = {
    "text": _text, "day": _day, "moment": read_moment, "entry": _entry, "entries": _entries, "yes_no": _yes_no,
    "quantity": _quantity, "waivers": _waivers, "when": _when, "fact": _as_stated, "facts": _as_stated,
}  # fmt: skip
