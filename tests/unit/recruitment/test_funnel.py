"""The funnel's arithmetic, held against counting person by person."""

from collections.abc import Sequence
from itertools import combinations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.protocol.model import Criterion, CriterionKind
from equipoise.recruitment.funnel import Counts, Funnel, Pattern, joined
from equipoise.truth import FALSE, TRUE, UNKNOWN, Truth

from ...asking import rule

RULE = rule("agreed is yes")


def criteria(kinds: Sequence[CriterionKind]) -> tuple[Criterion, ...]:
    return tuple(
        Criterion(f"C{number}", kind, "a sentence", "agreed is yes", RULE, f"Title {number}")
        for number, kind in enumerate(kinds, 1)
    )


def one(*truths: Truth, people: int = 1, **group: str) -> Pattern:
    return Pattern(truths, group, people)


@st.composite
def funnels(draw: st.DrawFn) -> Funnel:
    kinds: list[CriterionKind] = draw(st.lists(st.sampled_from(["inclusion", "exclusion"]), min_size=1, max_size=6))
    truths = st.tuples(*[st.sampled_from([TRUE, FALSE, UNKNOWN])] * len(kinds))
    group = st.fixed_dictionaries({"site": st.sampled_from(["", "A", "B"])})
    drawn = draw(st.lists(st.builds(Pattern, truths, group, st.integers(1, 5)), max_size=12))
    return Funnel(criteria(kinds), tuple(drawn))


def people_of(funnel: Funnel) -> list[tuple[Truth, ...]]:
    """Everybody, one by one, each with whether the criteria speak for entering: TRUE for it, FALSE against."""
    other = {TRUE: FALSE, FALSE: TRUE, UNKNOWN: UNKNOWN}
    return [
        tuple(t if c.kind == "inclusion" else other[t] for c, t in zip(funnel.criteria, pattern.truths, strict=True))
        for pattern in funnel.patterns
        for _ in range(pattern.people)
    ]


def outcomes(people: Sequence[Sequence[Truth]]) -> Counts:
    eligible = sum(all(t is TRUE for t in person) for person in people)
    ineligible = sum(any(t is FALSE for t in person) for person in people)
    return Counts(eligible, len(people) - eligible - ineligible, ineligible)


@given(funnels())
def test_the_counts_are_those_of_everybody_one_by_one(funnel: Funnel) -> None:
    assert funnel.counts == outcomes(people_of(funnel))
    assert funnel.counts.people == sum(pattern.people for pattern in funnel.patterns)


@given(funnels())
def test_at_each_step_the_lost_the_kept_and_the_open_are_everybody(funnel: Funnel) -> None:
    lost = opened = 0
    for number, step in enumerate(funnel.steps):
        lost += step.lost
        opened += step.newly_open
        assert lost + step.kept + step.open == funnel.counts.people
        assert step.kept >= funnel.counts.eligible and step.open <= opened
        so_far = outcomes([person[: number + 1] for person in people_of(funnel)])
        assert (step.kept, step.open, lost) == so_far
    last = funnel.steps[-1]
    assert (last.kept, last.open, lost) == funnel.counts


@given(funnels())
def test_lost_here_first_and_open_here_first(funnel: Funnel) -> None:
    for number, step in enumerate(funnel.steps):
        before = [person for person in people_of(funnel) if FALSE not in person[:number]]
        assert step.lost == sum(person[number] is FALSE for person in before)
        clear = [person for person in before if UNKNOWN not in person[:number]]
        assert step.newly_open == sum(person[number] is UNKNOWN for person in clear)


@given(funnels())
def test_what_one_criterion_costs_is_what_dropping_it_gives(funnel: Funnel) -> None:
    for number, (cost, step) in enumerate(zip(funnel.costs, funnel.steps, strict=True)):
        without = outcomes([person[:number] + person[number + 1 :] for person in people_of(funnel)])
        assert cost.alone == without.possible - funnel.counts.possible
        assert cost.eligible == without.eligible - funnel.counts.eligible
        assert funnel.without(cost.criterion.id) == without
        assert cost.alone <= step.lost <= cost.against
        assert cost.against == sum(person[number] is FALSE for person in people_of(funnel))
        assert cost.unknown == sum(person[number] is UNKNOWN for person in people_of(funnel))


@given(funnels())
def test_what_two_criteria_cost_together(funnel: Funnel) -> None:
    costs = {cost.criterion.id: cost for cost in funnel.costs}
    pairs = {(pair.first.id, pair.second.id): pair for pair in funnel.pairs}
    for first, second in combinations(costs, 2):
        without = funnel.without(first, second)
        possible, eligible = without.possible - funnel.counts.possible, without.eligible - funnel.counts.eligible
        singles = costs[first].alone + costs[second].alone, costs[first].eligible + costs[second].eligible
        if pair := pairs.get((first, second)):
            assert (pair.possible, pair.eligible) == (possible, eligible)
            assert pair.both == possible - singles[0] >= 0
            assert pair.possible >= max(costs[first].alone, costs[second].alone)
            assert pair.eligible >= max(costs[first].eligible, costs[second].eligible)
        else:
            assert (possible, eligible) == singles, "a pair that is not listed costs what its two cost by themselves"
    assert list(funnel.pairs) == sorted(funnel.pairs, key=lambda pair: -pair.both)


@given(funnels(), st.randoms(use_true_random=False))
def test_the_order_of_people_does_not_matter(funnel: Funnel, chance: Random) -> None:
    shuffled = list(funnel.patterns)
    chance.shuffle(shuffled)
    single = [Pattern(p.truths, p.group, 1) for p in shuffled for _ in range(p.people)]
    again = Funnel(funnel.criteria, joined(single))
    assert again.patterns == joined(funnel.patterns)
    assert (again.counts, again.steps, again.costs, again.pairs) == (
        funnel.counts, funnel.steps, funnel.costs, funnel.pairs,
    )  # fmt: skip


@given(funnels())
def test_the_groups_add_up_to_all(funnel: Funnel) -> None:
    total = Counts()
    for (site,), counts in funnel.by("site").items():
        of_site = Funnel(funnel.criteria, tuple(p for p in funnel.patterns if p.group["site"] == site))
        assert counts == of_site.counts
        total = total.plus(counts)
    assert total == funnel.counts
    assert funnel.by() == ({(): funnel.counts} if funnel.patterns else {})


def test_nobody() -> None:
    funnel = Funnel(criteria(["inclusion", "exclusion"]), ())
    assert funnel.counts == (0, 0, 0) and funnel.pairs == () and funnel.by("site") == {}
    assert [step[1:] for step in funnel.steps] == [(0, 0, 0, 0)] * 2
    assert funnel.without("C1", "C2") == (0, 0, 0)


def test_all_eligible() -> None:
    funnel = Funnel(criteria(["inclusion", "exclusion"]), (one(TRUE, FALSE, people=7),))
    assert funnel.counts == (7, 0, 0)
    assert [step[1:] for step in funnel.steps] == [(0, 0, 7, 0)] * 2
    assert all(cost[1:] == (0, 0, 0, 0) for cost in funnel.costs)


def test_one_criterion() -> None:
    patterns = one(TRUE, people=2), one(FALSE, people=3), one(UNKNOWN, people=5)
    funnel = Funnel(criteria(["exclusion"]), patterns)
    assert funnel.counts == (3, 5, 2)
    assert [step[1:] for step in funnel.steps] == [(2, 5, 3, 5)]
    assert [cost[1:] for cost in funnel.costs] == [(2, 5, 2, 7)]
    assert funnel.pairs == () and funnel.without("C1") == (10, 0, 0)


def test_unknown_everywhere() -> None:
    funnel = Funnel(criteria(["inclusion", "exclusion"]), (one(UNKNOWN, UNKNOWN, people=4),))
    assert funnel.counts == (0, 4, 0)
    assert [step[1:] for step in funnel.steps] == [(0, 4, 0, 4), (0, 0, 0, 4)]
    assert [pair[2:] for pair in funnel.pairs] == [(0, 4, 0)]


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="each of the 2 criteria"):
        Funnel(criteria(["inclusion", "exclusion"]), (one(TRUE),))
    with pytest.raises(KeyError, match="C9"):
        Funnel(criteria(["inclusion"]), ()).without("C9")
