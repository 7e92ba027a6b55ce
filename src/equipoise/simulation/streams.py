"""Random numbers by counter: the n-th draw about a person is a pure function of seed, scenario, replicate and person.

Philox4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011): ten rounds turn a
counter of four 32-bit words and a key of two into four random words. Here

    key      64 bits of SHA-256 over the seed and the text of the scenario
    counter  replicate (two words), person, block of four words

so no two draws of a run ever share a counter, no draw depends on who drew before, and a scenario gives the same trials
alone, within any grid, and on any number of cores. Seed and scenario choose among 2^64 keys, which Philox keeps apart.
"""

from hashlib import sha256
from typing import Final

import numpy as np

from ..analysis.compiled import compiled, inlined
from ..analysis.kernels import Floats

WORDS: Final = 4  # of one block
TRIAL: Final = 0xFFFFFFFF  # the "person" whose words are about the trial as a whole
_WORD: Final = 2.0**-32
_LOG_2: Final = 0.6931471805599453


def stream_key(seed: int, scenario: str) -> tuple[int, int]:
    """The two words of the key: of every seed and every text of a scenario others."""
    digest = sha256(f"equipoise study/{seed}/{scenario}".encode()).digest()
    return int.from_bytes(digest[:4], "big"), int.from_bytes(digest[4:8], "big")


@inlined
def philox(
    c0: np.uint64, c1: np.uint64, c2: np.uint64, c3: np.uint64, k0: np.uint64, k1: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """The four words of a counter; every word lies in the low half of 64 bits."""
    low, half = np.uint64(0xFFFFFFFF), np.uint64(32)
    for _ in range(10):
        left, right = np.uint64(0xD2511F53) * c0, np.uint64(0xCD9E8D57) * c2
        c0, c1, c2, c3 = (right >> half) ^ c1 ^ k0, right & low, (left >> half) ^ c3 ^ k1, left & low
        k0 = (k0 + np.uint64(0x9E3779B9)) & low
        k1 = (k1 + np.uint64(0xBB67AE85)) & low
    return c0, c1, c2, c3


@compiled
def draw_people(key: tuple[np.uint64, np.uint64], replicate: int, block: int, into: Floats) -> None:
    """Uniform numbers above 0 and below 1: row w, column i is word w of that block about person i."""
    counter = np.uint64(replicate)
    low, high = counter & np.uint64(0xFFFFFFFF), counter >> np.uint64(32)
    for i in range(into.shape[1]):
        a, b, c, d = philox(low, high, np.uint64(i), np.uint64(block), key[0], key[1])
        into[0, i] = (np.float64(a) + 0.5) * _WORD
        into[1, i] = (np.float64(b) + 0.5) * _WORD
        into[2, i] = (np.float64(c) + 0.5) * _WORD
        into[3, i] = (np.float64(d) + 0.5) * _WORD


@compiled
def draw_trial(key: tuple[np.uint64, np.uint64], replicate: int) -> float:
    """One uniform number about the trial as a whole."""
    counter = np.uint64(replicate)
    a, _, _, _ = philox(
        counter & np.uint64(0xFFFFFFFF), counter >> np.uint64(32), np.uint64(TRIAL), np.uint64(0), key[0], key[1]
    )
    return (np.float64(a) + 0.5) * _WORD


@compiled
def waiting(uniform: Floats, into: Floats) -> None:
    """Standard exponential waiting times, -log(u).

    The logarithm is that of fdlibm (Sun, 1993; e_log.c), written without a branch, so that the processor takes many at
    a time and every machine gives the same digits.
    """
    bits = uniform.view(np.int64)
    for i in range(len(bits)):
        # u = 2^k (1 + f), with 1 + f between the half and the double root of 2
        shifted = bits[i] - 0x3FE6A09E667F3BCD
        k = shifted >> 52
        f = np.int64(bits[i] - (k << 52)).view(np.float64) - 1.0
        s = f / (2.0 + f)
        z = s * s
        w = z * z
        odd = 0.666666666666673513 + w * (0.2857142874366239 + w * (0.181835721616180501 + w * 0.147981986051165859))
        even = 0.399999999994094191 + w * (0.222221984321497840 + w * 0.153138376992093733)
        half = 0.5 * f * f
        into[i] = -(k * _LOG_2 + (f - (half - s * (half + z * odd + w * even))))
