"""Random numbers by counter: the published vectors, and that no draw leans on another."""

import numpy as np
import pytest
from scipy.stats import chi2, kstest

from equipoise.simulation.streams import WORDS, draw_people, draw_trial, philox, stream_key, waiting

FULL = 0xFFFFFFFF
# Random123 1.14, tests/kat_vectors: philox4x32 10; counter, key, words.
VECTORS = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((FULL, FULL, FULL, FULL), (FULL, FULL), (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


def words(counter: tuple[int, ...], key: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(int(word) for word in philox(*(np.uint64(each) for each in (*counter, *key))))


def key(seed: int, scenario: str = "a scenario") -> tuple[np.uint64, np.uint64]:
    first, second = stream_key(seed, scenario)
    return np.uint64(first), np.uint64(second)


def drawn(seed: int, replicate: int, block: int, people: int) -> np.ndarray:
    into = np.empty((WORDS, people))
    draw_people(key(seed), replicate, block, into)
    return into


@pytest.mark.parametrize(("counter", "of", "expected"), VECTORS)
def test_the_generator_gives_the_published_words(counter: tuple, of: tuple, expected: tuple) -> None:
    assert words(counter, of) == expected


def test_a_draw_is_the_word_of_its_counter_whoever_else_is_drawn() -> None:
    seed, replicate, block = 7, 2**32 + 5, 3
    many, few = drawn(seed, replicate, block, 50), drawn(seed, replicate, block, 4)
    np.testing.assert_array_equal(many[:, :4], few)
    of = stream_key(seed, "a scenario")
    expected = words((5, 1, 2, block), of)  # the replicate's low and high word, the person, the block
    np.testing.assert_array_equal(few[:, 2], (np.array(expected) + 0.5) / 2**32)


def test_a_trials_own_number_is_nobodys() -> None:
    assert draw_trial(key(7), 3) == (words((3, 0, FULL, 0), stream_key(7, "a scenario"))[0] + 0.5) / 2**32


def test_keys_differ_by_seed_and_by_scenario() -> None:
    keys = {stream_key(seed, scenario) for seed in range(200) for scenario in ("a", "b", "ab")}
    assert len(keys) == 600


def test_numbers_are_uniform_and_all_different() -> None:
    """2^18 words: chi-square over 1,024 cells, and a Kolmogorov-Smirnov test, each within its 1 - 10^-6 bound."""
    numbers = np.concatenate([drawn(1, replicate, block, 64).ravel() for replicate in range(512) for block in (0, 1)])
    assert numbers.min() > 0 and numbers.max() < 1
    counts = np.histogram(numbers, 1024, (0, 1))[0]
    expected = len(numbers) / 1024
    assert ((counts - expected) ** 2 / expected).sum() < chi2.isf(1e-6, 1023)
    assert kstest(numbers, "uniform").pvalue > 1e-6
    # 32-bit words of distinct counters: about n^2 / 2^33 = 8 pairs alike by chance, never many.
    assert len(numbers) - len(np.unique(numbers)) < 40


@pytest.mark.parametrize("other", [(0, 1, 0), (1, 0, 0), (0, 0, 1)])
def test_neighbours_are_not_correlated(other: tuple[int, int, int]) -> None:
    """Neighbouring seeds, replicates and blocks: correlation of 25,600 pairs below five standard errors."""
    seeds, replicates, blocks = other
    ours = np.array([drawn(1, replicate, 0, 64) for replicate in range(0, 200, 2)]).ravel()
    theirs = np.array([drawn(1 + seeds, replicate + replicates, blocks, 64) for replicate in range(0, 200, 2)]).ravel()
    assert abs(np.corrcoef(ours, theirs)[0, 1]) < 5 / np.sqrt(len(ours))


def test_words_of_a_block_and_neighbouring_people_are_not_correlated() -> None:
    numbers = np.concatenate([drawn(3, replicate, 0, 64) for replicate in range(400)], axis=1)
    matrix = np.corrcoef(np.vstack([numbers[:, :-1], numbers[:, 1:]]))
    assert np.abs(matrix - np.eye(2 * WORDS)).max() < 5 / np.sqrt(numbers.shape[1])


def test_waiting_times_are_minus_the_logarithm_to_the_last_digit_but_one() -> None:
    uniform = np.concatenate([np.linspace(2**-33, 1 - 2**-33, 20_001), drawn(5, 0, 0, 5000).ravel()])
    times = np.empty_like(uniform)
    waiting(uniform, times)
    np.testing.assert_allclose(times, -np.log(uniform), rtol=4.5e-16)
