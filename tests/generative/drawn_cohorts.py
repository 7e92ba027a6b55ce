"""Many drawn rules and people at once, so that an engine, which starts slowly, is asked about all of them together."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import duckdb
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from equipoise.eligibility.cohort import CODES, Asking, Engine
from equipoise.facts import Fact
from equipoise.rules.evaluate import evaluate
from equipoise.rules.nodes import NODE_TYPES, AllOf, AnyOf, Change, Elapsed, Look, Not, Rule, Unless, every_rule
from equipoise.truth import Truth

from ..asking import WORDS, case
from ..tables import part_of
from .strategies import ON, atoms, durations, people, rules

T = TypeVar("T")
AHEAD = ("visit", "surgery")  # what may be planned, or dated ahead


@dataclass(frozen=True)
class Drawn:
    """Rules by name, and people: whoever was drawn for one rule is asked about all of them."""

    rules: dict[str, Rule]
    people: tuple[tuple[Fact, ...], ...]
    complete: frozenset[str]


@st.composite
def ahead(draw: st.DrawFn) -> Rule:
    """So long until the next such day."""
    look = Look(draw(st.sampled_from(AHEAD)))
    return Elapsed(look, draw(st.sampled_from(["<", "<=", ">", ">="])), draw(durations()), "until")


def draw_cohort(number: int, of_each: int, each: int = 5) -> Drawn:
    """So many rules of each kind of node, nested and plain, and for each so many people; the same for a number."""
    kinds: dict[type, list[Rule]] = {kind: [] for kind in NODE_TYPES}
    for rule in _draws(st.one_of(atoms(), atoms(), ahead()), 20 * of_each, number):
        if len(kinds[type(rule)]) < of_each:
            kinds[type(rule)].append(rule)
    plain = [rule for found in kinds.values() for rule in found]
    for one, other in pairwise(plain):  # joints of two, and joints that leave the one as it is
        for joint in (AllOf((one, other)), AnyOf((one, other)), Unless(one, other), Not(one), Unless(one, Not(one))):
            if len(kinds[type(joint)]) < of_each:
                kinds[type(joint)].append(joint)
    asked = [*(rule for found in kinds.values() for rule in found), *_draws(rules(), 2 * of_each, number)]
    drawn = [person for n, rule in enumerate(asked) for person in _draws(people(rule, most=10), each, number + n)]
    everybody = tuple(_moved(person.facts, place) for place, person in enumerate(drawn))
    complete = Counter(name for person in drawn for name in person.complete)
    often = frozenset(name for name, _ in complete.most_common(2))
    return Drawn({f"r{n}": rule for n, rule in enumerate(asked)}, everybody, often)


def _draws(strategy: st.SearchStrategy[T], count: int, number: int) -> list[T]:
    """So many draws, the same for a number."""
    found: list[T] = []

    @settings(
        max_examples=count, database=None, phases=[Phase.generate], deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @seed(number)
    @given(strategy)
    def collect(value: T) -> None:
        found.append(value)

    collect()
    return found


def _moved(facts: Sequence[Fact], number: int) -> tuple[Fact, ...]:
    """Of every other person the facts that may lie ahead are moved there."""
    if number % 2:
        return tuple(facts)
    return tuple(
        replace(fact, when=fact.when._replace(lo=fact.when.lo + 120, hi=fact.when.hi + 120))
        if WORDS[fact.concept].planned and fact.when.exact
        else fact
        for fact in facts
    )


def answered(drawn: Drawn, engine: Engine, folder: Path) -> tuple[dict[int, dict[str, int]], set[int]]:
    """What the engine says: key -> column -> code; and whom it left to the reference."""
    part = part_of(drawn.people, WORDS, folder)
    asking = Asking(drawn.rules, WORDS, ON, drawn.complete)
    left: set[int] = set()

    def facts_of(_: object, keys: Iterable[int]) -> dict[int, Sequence[Fact]]:
        left.update(keys)
        return {key: drawn.people[key] for key in keys}

    file = folder / "answers.parquet"
    engine.judge(asking, [part], file, facts_of)
    with duckdb.connect() as connection:
        cursor = connection.execute(f"SELECT key, {', '.join(drawn.rules)} FROM read_parquet('{file}') ORDER BY key")
        found = {key: dict(zip(drawn.rules, codes, strict=True)) for key, *codes in cursor.fetchall()}
    return found, left


def expected(drawn: Drawn) -> tuple[dict[int, dict[str, int]], set[tuple[str, Truth]]]:
    """What the reference says; and which kinds of node were found of which truth."""
    met: set[tuple[str, Truth]] = set()
    found: dict[int, dict[str, int]] = {}
    for key, facts in enumerate(drawn.people):
        known = case(facts, ON, drawn.complete)
        found[key] = {}
        for name, rule in drawn.rules.items():
            truth = evaluate(rule, known).truth
            found[key][name] = CODES[truth]
            met.add((type(rule).__name__, truth))
    return found, met


def parted(drawn: Drawn) -> tuple[Drawn, Drawn]:
    """The rules without and with a change from a baseline: of these an engine leaves people with two units to the
    reference."""
    changing = {name for name, rule in drawn.rules.items() if any(isinstance(n, Change) for n in every_rule(rule))}
    without = {name: rule for name, rule in drawn.rules.items() if name not in changing}
    return replace(drawn, rules=without), replace(drawn, rules={name: drawn.rules[name] for name in sorted(changing)})
