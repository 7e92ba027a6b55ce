"""Schemes of randomisation, a plan that has no rules, and people to be allocated by them."""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from equipoise.protocol.allocation import Allocation, Scheme

SEED = bytes(range(32))
KEY = bytes(range(32, 64))
FACTORS = (("grade", ("G1", "G2")), ("margin", ("R0", "R1")))


def in_blocks(*sizes: int, ratio: tuple[int, ...] = (1, 1), by_site: bool = False) -> Scheme:
    arms = tuple(f"Arm {number + 1}" for number in range(len(ratio)))
    return Scheme("NELMAS", "blocks", arms, ratio, FACTORS, by_site, sizes)


def minimised(probability: str = "4/5", measure: str = "range", by_site: bool = True, arms: int = 2) -> Scheme:
    names = tuple(f"Arm {number + 1}" for number in range(arms))
    weights = (Fraction(1),) * (2 + by_site)
    ratio = (1,) * arms
    return Scheme(
        "NELMAS", "minimisation", names, ratio, FACTORS, by_site, (), weights, measure, Fraction(probability)
    )  # fmt: skip


SIMPLE = Scheme("NELMAS", "simple", ("Arm 1", "Arm 2"), (1, 1), FACTORS)
BLOCKS = in_blocks(4, 6)
PLAN = Allocation(BLOCKS)


def comers(number: int) -> Iterator[tuple[str, Mapping[str, str], str]]:
    """People with their levels and sites, all strata among them."""
    for each in range(number):
        grade, margin = "G1" if each % 3 else "G2", "R0" if each % 2 else "R1"
        yield f"P-{each:03}", {"grade": grade, "margin": margin}, f"S{each % 4}"
