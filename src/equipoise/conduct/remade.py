"""The seed, once revealed -> the whole list made again, and held against what the ledger says was given."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from ..faults import Fault
from ..protocol.allocation import Scheme
from .randomise import Placed, allocated, commitment, next_slot, scheme_from_body

_NAMES = {
    "person": "the person", "site": "the site", "levels": "the levels", "stratum": "the stratum",
    "number": "the number", "place": "the place in the stratum", "arm": "the arm", "letter": "the letter of the arm",
    "imbalance": "the imbalance", "preferred": "the preferred arm", "probability": "the probability",
    "coin": "the coin", "of": "the coin's range",
}  # fmt: skip


class Comparison(NamedTuple):
    """How many allocations agree with the list made again, and the first difference in a sentence ("" for none)."""

    agreed: int
    difference: str = ""

    @property
    def holds(self) -> bool:
        return not self.difference


def verify_allocations(
    seed: bytes, committed: str, scheme: Scheme, allocations: Iterable[Mapping[str, Any]]
) -> Comparison:
    """Makes the list again from the seed and compares it with the bodies of "randomised", in any order.

    committed: the commitment that was published (hexadecimal); scheme: that of the same entry.
    """
    if commitment(scheme.prefix, seed) != committed.lower():
        return Comparison(0, f"The seed is not the one that was committed: its commitment is not {committed}.")
    earlier: list[Placed] = []
    for number, body in enumerate(sorted(allocations, key=_number), 1):
        if _number(body) != number:
            return Comparison(number - 1, _out_of_order(number, body))
        try:
            person, site, levels, arm = body["person"], body["site"], body["levels"], body["arm"]
            slot = next_slot(scheme, seed, earlier, levels, site)
        except (KeyError, TypeError, Fault) as error:
            return Comparison(number - 1, f"Allocation {number} cannot be made again: {_why(error)}")
        if person in {each.person for each in earlier}:
            return Comparison(number - 1, f"Allocation {number} is the second one of {person}.")
        difference = _difference(number, body, allocated(scheme, slot, person, site, levels, first=True).detail)
        if difference:
            return Comparison(number - 1, difference)
        earlier.append(Placed(person, site, levels, arm))
    return Comparison(len(earlier))


def committed_in(body: Mapping[str, Any]) -> tuple[str, Scheme]:
    """The commitment and the scheme of a body of "randomisation_committed". Raises Fault when it states none."""
    try:
        return str(body["commitment"]), scheme_from_body(body["scheme"])
    except (KeyError, TypeError, ValueError) as error:
        raise Fault(f"The ledger's entry of the commitment cannot be read ({error!r}).") from None


def _number(body: Mapping[str, Any]) -> int:
    number = body.get("number")
    return number if isinstance(number, int) else 0


def _out_of_order(number: int, body: Mapping[str, Any]) -> str:
    found = _number(body)
    if found > number:
        return f"Allocation {number} is missing: the next one is allocation {found}."
    return f"Allocation {found} stands there twice." if found else "An allocation has no number."


def _difference(number: int, given: Mapping[str, Any], remade: Mapping[str, Any]) -> str:
    for name, value in remade.items():
        if given.get(name) != value:
            found = given.get(name, "missing")
            return f"Allocation {number} ({given['person']}): {_NAMES[name]} is {found}, by the seed it is {value}."
    return ""


def _why(error: Exception) -> str:
    return str(error) if isinstance(error, Fault) else f"its entry is not whole ({error!r})."
