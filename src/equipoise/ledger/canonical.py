"""Data as the one text that is hashed and kept: the same data always give the same text, byte for byte."""

import json
from collections.abc import Mapping
from typing import Any, Final

from ..faults import Fault

# Beyond this other readers of JSON round a number (RFC 8259, section 6).
LARGEST_WHOLE_NUMBER: Final = 2**53 - 1

_ENCODER: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical_text(data: Any, name: str = "body") -> str:
    """The data as JSON: keys in the order of their code points, no blanks, letters as they are (UTF-8 when hashed).

    data: maps with text keys, lists, texts, whole numbers up to 2^53 - 1, true, false and None. Raises Fault for
    anything else: a float above all, whose text depends on who writes it; a decimal is kept as text, with its unit.
    name: what the sentence calls the data.
    """
    _check(data, name)
    return _ENCODER.encode(data)


def header_text(parts: list[Any]) -> str:
    """The same for texts and numbers that need no check: they were checked, or are only compared."""
    return _ENCODER.encode(parts)


def data_of(text: str) -> Any:
    """The data that such a text states."""
    return json.loads(text)


def _check(data: Any, place: str) -> None:
    """Raises the sentence about the first thing in the data that a ledger cannot keep."""
    kind = type(data)
    if kind is str:
        if not data.isascii():
            _check_letters(data, place)
    elif kind is dict or isinstance(data, Mapping):
        if kind is not dict:
            raise Fault(f"{place}: give a plain dict; a ledger keeps no {kind.__name__}.")
        for key, part in data.items():
            if type(key) is not str:
                raise Fault(f"{place}: the key {key!r} is no text; write every key as text.")
            _check(key, place)
            _check(part, f"{place}.{key}")
    elif kind is list or kind is tuple:
        for number, part in enumerate(data):
            _check(part, f"{place}[{number}]")
    elif kind is int:
        if abs(data) > LARGEST_WHOLE_NUMBER:
            raise Fault(f"{place}: the number {data} is too large to be kept exactly; write it as text.")
    elif kind is float:
        raise Fault(f"{place}: {data!r} is a floating-point number; write it as text, with its unit.")
    elif kind is not bool and data is not None:
        raise Fault(f"{place}: a ledger keeps no {kind.__name__}; write it as text, a list or a map.")


def _check_letters(text: str, place: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Fault(f"{place}: the text holds half a letter (a lone surrogate); type it again.") from None
