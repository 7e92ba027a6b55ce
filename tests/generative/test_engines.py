"""One rule, many people: DuckDB finds every truth that the reference finds, over drawn rules and people."""

from pathlib import Path

from equipoise.eligibility.duckdb import DuckDbEngine
from equipoise.rules.nodes import NODE_TYPES, Rule
from equipoise.truth import Truth

from .drawn_cohorts import Drawn, answered, draw_cohort, expected, parted

OF_EACH, TIMES = 6, 2
Found = dict[int, dict[str, int]]  # person -> rule -> code of its truth


def test_the_truths_are_those_of_the_reference(tmp_path: Path) -> None:
    met: set[tuple[str, Truth]] = set()
    for number in range(TIMES):
        for which, drawn in enumerate(parted(draw_cohort(number, OF_EACH))):
            truths, left = answered(drawn, DuckDbEngine(tmp_path / "scratch"), tmp_path / f"{number} {which}")
            wanted, found = expected(drawn)
            met |= found
            assert _differing(drawn, truths, wanted) == []
            most = 0.2 if which == 0 else 0.6  # two units that only a molar mass joins; a baseline in another unit
            assert len(left) <= most * len(drawn.people), "so many were left to the reference that little was tried"
    assert met == {(node.__name__, truth) for node in NODE_TYPES for truth in Truth}


def _differing(drawn: Drawn, found: Found, wanted: Found) -> list[tuple[int, Rule, int, int]]:
    """Person and rule, what the reference says and what the engine says, where they differ."""
    return [
        (key, rule, truths[name], found[key][name])
        for key, truths in wanted.items()
        for name, rule in drawn.rules.items()
        if found[key][name] != truths[name]
    ]
