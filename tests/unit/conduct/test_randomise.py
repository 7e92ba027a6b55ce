"""The next allocation, from all that comes in by argument."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import islice

import pytest
from tests.allocations import BLOCKS, FACTORS, SEED, SIMPLE, comers, in_blocks, minimised

from equipoise.conduct.randomise import (
    Placed,
    Slot,
    allocated,
    below,
    blocks,
    commitment_body,
    imbalances,
    next_slot,
    scheme_body,
    scheme_from_body,
    stratum_list,
    stratum_name,
)  # fmt: skip
from equipoise.faults import Fault
from equipoise.ledger.canonical import canonical_text, data_of
from equipoise.protocol.allocation import Scheme

G1_R0 = {"grade": "G1", "margin": "R0"}
EVERY = [BLOCKS, in_blocks(3, 6, ratio=(2, 1), by_site=True), minimised(), minimised("1", "variance", arms=3), SIMPLE]


def given(scheme: Scheme, number: int) -> list[Slot]:
    """The allocations of so many people, one after the other."""
    earlier: list[Placed] = []
    slots: list[Slot] = []
    for person, levels, site in comers(number):
        slots.append(next_slot(scheme, SEED, earlier, levels, site))
        earlier.append(Placed(person, site, levels, slots[-1].arm))
    return slots


def test_words_past_the_last_whole_multiple_are_passed_over() -> None:
    assert below(iter([2**32 - 1, 5]), 3) == 2  # 2^32 is 1 more than a multiple of 3, so its last word is not used
    assert below(iter([2**32 - 1]), 4) == 3
    assert below(iter([2**32 - 1]), 1) == 0


def test_people_take_the_places_of_their_stratum_in_turn() -> None:
    slots = given(BLOCKS, 60)
    assert [slot.number for slot in slots] == list(range(1, 61))
    for stratum in BLOCKS.strata():
        mine = [slot for slot in slots if slot.stratum == stratum]
        assert [slot.place for slot in mine] == list(range(1, len(mine) + 1))
        assert [slot.arm for slot in mine] == list(islice(stratum_list(BLOCKS, SEED, stratum), len(mine)))


def test_the_site_leads_the_stratum_where_it_is_a_factor() -> None:
    scheme = replace(BLOCKS, by_site=True)
    assert stratum_name(scheme, G1_R0, "S1") == "S1|G1|R0"
    one = list(islice(stratum_list(scheme, SEED, "S1|G1|R0"), 40))
    assert one != list(islice(stratum_list(scheme, SEED, "S2|G1|R0"), 40))
    earlier = [Placed("P", "S2", G1_R0, "Arm 1")]
    assert next_slot(scheme, SEED, earlier, G1_R0, "S1").place == 1
    assert next_slot(scheme, SEED, earlier, G1_R0, "S2").place == 2


def test_a_block_holds_the_ratio() -> None:
    scheme = in_blocks(5, 10, ratio=(3, 1, 1))
    for block in islice(blocks(scheme, SEED, "G1|R0"), 50):
        share = len(block) // 5
        assert Counter(block) == {"Arm 1": 3 * share, "Arm 2": share, "Arm 3": share}


@pytest.mark.parametrize(
    ("levels", "site", "told"),
    [
        ({"grade": "G1"}, "S", "The margin is missing: name one of R0, R1."),
        ({"grade": "G3", "margin": "R0"}, "S", 'The grade is "G3": name one of G1, G2.'),
        ({**G1_R0, "sex": "female"}, "S", '"sex" is not a stratification factor of the trial: name grade, margin.'),
        (G1_R0, "", 'The site "" cannot name a stratum'),
        (G1_R0, "a|b", 'The site "a|b" cannot name a stratum'),
    ],
)
def test_a_stratum_that_is_none_is_refused(levels: Mapping[str, str], site: str, told: str) -> None:
    with pytest.raises(Fault) as caught:
        next_slot(replace(BLOCKS, by_site=True), SEED, [], levels, site)
    assert str(caught.value).startswith(told)


def test_a_trial_that_allocates_nobody() -> None:
    with pytest.raises(Fault, match="allocates nobody"):
        next_slot(Scheme(), SEED, [], {})


# ---------------------------------------------------------------- minimisation
def test_weights_count() -> None:
    scheme = replace(minimised(by_site=False), weights=(Fraction(3), Fraction(1)))
    earlier = [Placed("1", "S", G1_R0, "Arm 1"), Placed("2", "S", {"grade": "G2", "margin": "R0"}, "Arm 2")]
    # grade G1: 1 and 0, margin R0: 1 and 1
    assert imbalances(scheme, earlier, G1_R0) == {"Arm 1": Fraction(3 * 2 + 1, 4), "Arm 2": Fraction(3 * 0 + 1, 4)}


def test_the_first_person_gets_a_fair_coin() -> None:
    coin = next_slot(minimised(), SEED, [], G1_R0, "S").coin
    assert coin is not None
    assert (coin.preferred, coin.probability, coin.of) == ("", Fraction(1, 2), 2)


def test_certain_minimisation_gives_the_better_arm_always() -> None:
    for slot in given(minimised("1"), 80):
        assert slot.coin is not None
        assert slot.coin.preferred in ("", slot.arm)


def test_of_several_best_arms_one_is_preferred_by_chance() -> None:
    scheme = minimised("1/2", by_site=False, arms=3)
    seen: set[str] = set()
    for number in range(40):
        # One person at Arm 1; then nobody else of these levels, however many came.
        others = [
            Placed(f"{each}", "S", {"grade": "G2", "margin": "R1"}, scheme.arms[each % 3]) for each in range(number)
        ]
        coin = next_slot(scheme, SEED, [Placed("x", "S", G1_R0, "Arm 1"), *others], G1_R0).coin
        assert coin is not None
        seen.add(coin.preferred)
    assert seen == {"Arm 2", "Arm 3"}


@pytest.mark.parametrize("arms", [2, 3])
def test_the_coin_says_which_arm_was_given(arms: int) -> None:
    other = 0
    for slot in given(minimised(arms=arms), 120):
        assert slot.coin is not None
        if slot.coin.preferred:
            best = slot.coin.value < slot.coin.probability * slot.coin.of
            assert best == (slot.arm == slot.coin.preferred)
            other += not best
    assert other > 0


# ---------------------------------------------------------------- entries
@pytest.mark.parametrize("scheme", EVERY, ids=lambda scheme: scheme.method)
def test_bodies_can_be_kept_by_a_ledger_and_read_again(scheme: Scheme) -> None:
    body = data_of(canonical_text(commitment_body(scheme, SEED)))
    assert scheme_from_body(body["scheme"]) == scheme
    assert SEED.hex() not in str(body)
    for slot in given(scheme, 5):
        answer = allocated(scheme, slot, "P", "S", G1_R0, True)
        assert data_of(canonical_text(dict(answer.detail))) == answer.detail
        assert ("coin" in answer.detail) == (scheme.method == "minimisation")
        assert answer.letter == "ABC"[scheme.arms.index(answer.arm)]


def test_the_body_of_a_minimised_allocation() -> None:
    scheme = minimised()
    earlier = [Placed("P-1", "S1", G1_R0, "Arm 2")]
    slot = next_slot(scheme, SEED, earlier, G1_R0, "S1")
    assert slot.coin is not None
    assert allocated(scheme, slot, "P-2", "S1", G1_R0, True).detail == {
        "person": "P-2", "site": "S1", "levels": G1_R0, "stratum": "S1|G1|R0", "number": 2, "place": 2,
        "arm": slot.arm, "letter": "AB"[scheme.arms.index(slot.arm)], "imbalance": {"Arm 1": "0", "Arm 2": "2"},
        "preferred": "Arm 1", "probability": "4/5", "coin": slot.coin.value, "of": 5,
    }  # fmt: skip


def test_the_scheme_in_words_of_the_ledger() -> None:
    assert scheme_body(in_blocks(4, 6)) == {
        "prefix": "NELMAS", "method": "blocks", "arms": ["Arm 1", "Arm 2"], "ratio": [1, 1],
        "factors": [[name, list(levels)] for name, levels in FACTORS], "by_site": False, "block_sizes": [4, 6],
        "weights": [], "measure": "", "probability": "0",
    }  # fmt: skip
