"""Whatever the scheme, whoever comes: blocks hold the ratio, and the list follows the seed and can be made again."""

from collections import Counter
from fractions import Fraction
from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from equipoise.conduct.randomise import (
    Placed,
    blocks,
    commitment,
    imbalances,
    next_slot,
    scheme_body,
    scheme_from_body,
    stratum_list,
)  # fmt: skip
from equipoise.conduct.randomiser import Randomiser
from equipoise.conduct.remade import verify_allocations
from equipoise.ledger.canonical import canonical_text, data_of
from equipoise.protocol.allocation import Allocation, Scheme

SEEDS = st.binary(min_size=32, max_size=32)
NAMES = st.sampled_from(["grade", "margin", "country", "primary"])
LEVELS = st.lists(st.text("abcXYZ0", min_size=1, max_size=3), min_size=2, max_size=3, unique=True).map(tuple)
FACTORS = st.dictionaries(NAMES, LEVELS, min_size=1, max_size=3).map(lambda found: tuple(found.items()))


@st.composite
def block_schemes(draw: st.DrawFn) -> Scheme:
    ratio = tuple(draw(st.lists(st.integers(1, 3), min_size=2, max_size=4)))
    sizes = tuple(
        sum(ratio) * times for times in draw(st.lists(st.integers(1, 3), min_size=1, max_size=3, unique=True))
    )
    arms = tuple(f"Arm {number}" for number in range(len(ratio)))
    return Scheme("X", "blocks", arms, ratio, draw(FACTORS), draw(st.booleans()), sizes)


@st.composite
def minimised_schemes(draw: st.DrawFn) -> Scheme:
    arms = tuple(f"Arm {number}" for number in range(draw(st.integers(2, 4))))
    factors, by_site = draw(FACTORS), draw(st.booleans())
    weights = tuple(draw(st.fractions(Fraction(1, 4), 4, max_denominator=4)) for _ in range(len(factors) + by_site))
    least = Fraction(1, len(arms))
    probability = draw(st.fractions(least, 1, max_denominator=20).filter(lambda p: p > least))
    measure = draw(st.sampled_from(["range", "variance"]))
    return Scheme("X", "minimisation", arms, (1,) * len(arms), factors, by_site, (), weights, measure, probability)


SCHEMES = st.one_of(block_schemes(), minimised_schemes())


@st.composite
def trials(draw: st.DrawFn) -> tuple[Scheme, list[tuple[str, dict[str, str], str]]]:
    """A scheme, and people with levels of it."""
    scheme = draw(SCHEMES)
    levels = st.fixed_dictionaries({name: st.sampled_from(each) for name, each in scheme.factors})
    people = draw(st.lists(st.tuples(st.sampled_from("abcdefghijklmnop"), levels, st.sampled_from("ST")), max_size=25))
    return scheme, people


@given(block_schemes(), SEEDS)
def test_every_block_holds_the_ratio(scheme: Scheme, seed: bytes) -> None:
    for block in islice(blocks(scheme, seed, "any"), 6):
        assert len(block) in scheme.block_sizes
        times = len(block) // sum(scheme.ratio)
        assert Counter(block) == {arm: share * times for arm, share in zip(scheme.arms, scheme.ratio, strict=True)}


@given(block_schemes(), SEEDS, st.integers(1, 60))
def test_a_list_never_leads_by_more_than_a_block_allows(scheme: Scheme, seed: bytes, number: int) -> None:
    counts = Counter(islice(stratum_list(scheme, seed, "any"), number))
    times = max(scheme.block_sizes) // sum(scheme.ratio)
    for arm, share in zip(scheme.arms, scheme.ratio, strict=True):
        assert abs(counts[arm] - Fraction(number * share, sum(scheme.ratio))) <= share * times


@given(trials(), SEEDS)
def test_minimisation_prefers_an_arm_that_balances_best(
    trial: tuple[Scheme, list[tuple[str, dict[str, str], str]]], seed: bytes
) -> None:
    scheme, people = trial
    earlier: list[Placed] = []
    for person, levels, site in people:
        slot = next_slot(scheme, seed, earlier, levels, site)
        if slot.coin is not None:
            imbalance = imbalances(scheme, earlier, levels, site)
            assert slot.coin.imbalance == imbalance and 0 <= slot.coin.value < slot.coin.of
            best = [arm for arm in scheme.arms if imbalance[arm] == min(imbalance.values())]
            assert (slot.coin.preferred in best) if len(best) < len(scheme.arms) else slot.coin.preferred == ""
            heads = slot.coin.value < slot.coin.probability * slot.coin.of
            assert not slot.coin.preferred or heads == (slot.arm == slot.coin.preferred)
        earlier.append(Placed(person, site, levels, slot.arm))


@given(trials(), SEEDS)
def test_one_answer_a_person_and_a_list_that_can_be_made_again(
    trial: tuple[Scheme, list[tuple[str, dict[str, str], str]]], seed: bytes
) -> None:
    scheme, people = trial
    randomiser = Randomiser.in_memory(Allocation(scheme), seed)
    answers = [randomiser.allocate(*each) for each in people]
    first = {answer.person: answer for answer in answers if answer.first}
    assert all(answer.arm == first[answer.person].arm for answer in answers)
    assert sorted(answer.number for answer in first.values()) == list(range(1, len({each[0] for each in people}) + 1))
    bodies = [dict(answer.detail) for answer in first.values()]
    kept = scheme_from_body(data_of(canonical_text(scheme_body(scheme))))
    assert verify_allocations(seed, commitment("X", seed), kept, bodies) == (len(bodies), "")
