"""The list made again from the revealed seed names the first allocation that is not as it should be."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from tests.allocations import BLOCKS, SEED, SIMPLE, comers, in_blocks, minimised

from equipoise.conduct.randomise import commitment, commitment_body
from equipoise.conduct.randomiser import Randomiser
from equipoise.conduct.remade import committed_in, verify_allocations
from equipoise.faults import Fault
from equipoise.protocol.allocation import Allocation, Scheme

EVERY = [BLOCKS, in_blocks(3, ratio=(2, 1), by_site=True), minimised(), minimised(measure="variance", arms=3), SIMPLE]
COMMITTED = commitment("NELMAS", SEED)
Bodies = list[dict[str, Any]]


def bodies(scheme: Scheme, number: int = 30) -> Bodies:
    randomiser = Randomiser.in_memory(Allocation(scheme), SEED)
    return [dict(randomiser.allocate(*each).detail) for each in comers(number)]


@pytest.mark.parametrize("scheme", EVERY, ids=lambda scheme: scheme.method)
def test_what_was_given_is_made_again(scheme: Scheme) -> None:
    found = verify_allocations(SEED, COMMITTED.upper(), scheme, reversed(bodies(scheme)))
    assert found.holds and found.agreed == 30


def test_nobody_yet() -> None:
    assert verify_allocations(SEED, COMMITTED, BLOCKS, []).holds


def test_another_seed() -> None:
    found = verify_allocations(SEED[::-1], COMMITTED, BLOCKS, bodies(BLOCKS))
    assert not found.holds and found.difference.startswith("The seed is not the one that was committed")


def other_arm(given: Bodies) -> None:
    given[6]["arm"] = "Arm 1" if given[6]["arm"] == "Arm 2" else "Arm 2"


def without_one(given: Bodies) -> None:
    del given[6]


def one_twice(given: Bodies) -> None:
    given.append(dict(given[6]))


def same_person(given: Bodies) -> None:
    given[6]["person"] = "P-002"


def unknown_level(given: Bodies) -> None:
    given[6]["levels"] = {"grade": "G3", "margin": "R0"}


def half_an_entry(given: Bodies) -> None:
    del given[6]["levels"]


def without_number(given: Bodies) -> None:
    del given[6]["number"]


def other_place(given: Bodies) -> None:
    given[6]["place"] += 1


CHANGES: list[tuple[Callable[[Bodies], None], str]] = [
    (other_arm, "Allocation 7 (P-006): the arm is "),
    (without_one, "Allocation 7 is missing: the next one is allocation 8."),
    (one_twice, "Allocation 7 stands there twice."),
    (same_person, "Allocation 7 is the second one of P-002."),
    (unknown_level, 'Allocation 7 cannot be made again: The grade is "G3"'),
    (half_an_entry, "Allocation 7 cannot be made again: its entry is not whole"),
    (without_number, "An allocation has no number."),
    (other_place, "Allocation 7 (P-006): the place in the stratum is "),
]


@pytest.mark.parametrize(("change", "told"), CHANGES, ids=[change.__name__ for change, _ in CHANGES])
def test_the_first_difference_is_named(change: Callable[[Bodies], None], told: str) -> None:
    given = bodies(BLOCKS)
    change(given)
    found = verify_allocations(SEED, COMMITTED, BLOCKS, given)
    assert found.difference.startswith(told)
    assert found.agreed == (0 if change is without_number else 7 if change is one_twice else 6)


def test_a_coin_that_was_thrown_again_is_found() -> None:
    given = bodies(minimised())
    given[9]["coin"] = (given[9]["coin"] + 1) % given[9]["of"]
    found = verify_allocations(SEED, COMMITTED, minimised(), given)
    assert found.difference.startswith("Allocation 10 (P-009): the coin is ")


def test_the_commitment_is_read_from_its_entry() -> None:
    assert committed_in(commitment_body(BLOCKS, SEED)) == (COMMITTED, BLOCKS)
    broken: Mapping[str, Any] = {"commitment": COMMITTED, "scheme": {"prefix": "X"}}
    with pytest.raises(Fault, match="cannot be read"):
        committed_in(broken)
