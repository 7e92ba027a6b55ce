"""Seed, scheme and the people before -> the next allocation: stratified permuted blocks, minimisation, or simple.

No seed and no store of its own: all of it comes in by argument, so whoever holds the seed can make the list again.

The draws. A stream is HMAC-SHA256(seed, "<prefix>-RAND-v1|<key>|" + counter as 8 bytes, big-endian; counter 0, 1, ...),
read as 32-bit big-endian words. below(n) takes the next word under 2^32 - (2^32 mod n), modulo n. The key is
- blocks: the stratum ("G1|R0"; with the site before it where site is a factor). A block of the list is
  sizes[below(number of sizes)], then the arms in the order of their letters as often as the ratio says, then
  Fisher-Yates from the top: for i = size - 1 down to 1 swap i with below(i + 1);
- minimisation: "minimisation|<number>", simple: "simple|<number>", with the person's number counted from 1.
The commitment is SHA-256("<prefix>-COMMIT-v1|" + seed), in hexadecimal; it is published before the first person.

The entries of the ledger (values are texts, whole numbers, lists and maps; a probability is a fraction "4/5"):

    randomisation_committed  {"commitment": hex, "scheme": {"prefix": "ABC", "method": "blocks",
        "arms": ["Arm 1", "Arm 2"], "ratio": [1, 1], "factors": [["grade", ["G1", "G2"]]], "by_site": false,
        "block_sizes": [4, 6, 8], "weights": [], "measure": "", "probability": "0"}}
    randomised  {"person": "P-001", "site": "S1", "levels": {"grade": "G1"}, "stratum": "G1", "number": 1, "place": 1,
        "arm": "Arm 2", "letter": "B"}
        with minimisation also {"imbalance": {"Arm 1": "2", "Arm 2": "1"}, "preferred": "Arm 2" ("" when all balance
        alike), "probability": "4/5", "coin": 3, "of": 5}: the preferred arm was given if coin < probability x of
"""

import hmac
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from hashlib import sha256
from itertools import islice
from typing import Any, Final

from ..faults import Fault
from ..protocol.allocation import JOINT, SITE, Scheme

SEED_BYTES: Final = 32
_WORDS: Final = 1 << 32


@dataclass(frozen=True, slots=True)
class Placed:
    """Somebody who has an arm: the site, the level of each factor (by its id) as it was entered, and the arm's id."""

    person: str
    site: str
    levels: Mapping[str, str]
    arm: str


@dataclass(frozen=True, slots=True)
class Coin:
    """How minimisation came to its arm: the imbalance that each arm would leave, and the coin that was thrown.

    preferred: the arm that balances best; "" when all balance alike. probability: of the preferred arm (of each, when
    none is). value: 0 <= value < of; below probability x of it gave the preferred arm.
    """

    imbalance: Mapping[str, Fraction]
    preferred: str
    probability: Fraction
    value: int
    of: int


@dataclass(frozen=True, slots=True)
class Slot:
    """One allocation: number within the trial, place within its stratum (both from 1), and the arm's id."""

    number: int
    stratum: str
    place: int
    arm: str
    coin: Coin | None = None


@dataclass(frozen=True, slots=True)
class Allocated:
    """What the randomiser answers about a person; `first` is False when the person had that arm already.

    detail: the body of the ledger's entry "randomised" (above).
    """

    person: str
    site: str
    levels: Mapping[str, str]
    stratum: str
    number: int
    arm: str
    letter: str
    first: bool
    detail: Mapping[str, Any] = field(repr=False)


# ---------------------------------------------------------------- draws
def commitment(prefix: str, seed: bytes) -> str:
    """The digest that is published before the first person, and that the seed is held against at the end."""
    return sha256(f"{prefix}-COMMIT-v1|".encode() + seed).hexdigest()


def stream(prefix: str, seed: bytes, key: str) -> Iterator[int]:
    """The endless words (0 <= word < 2^32) of a key."""
    head = f"{prefix}-RAND-v1{JOINT}{key}{JOINT}".encode()
    counter = 0
    while True:
        drawn = hmac.digest(seed, head + counter.to_bytes(8, "big"), "sha256")
        yield from (int.from_bytes(drawn[at : at + 4], "big") for at in range(0, len(drawn), 4))
        counter += 1


def below(words: Iterator[int], n: int) -> int:
    """A whole number from 0 to n - 1, each exactly as likely: words past the last multiple of n are passed over."""
    limit = _WORDS - _WORDS % n
    return next(word for word in words if word < limit) % n


def blocks(scheme: Scheme, seed: bytes, stratum: str) -> Iterator[tuple[str, ...]]:
    """The endless blocks of a stratum's list, each a tuple of arms."""
    words = stream(scheme.prefix, seed, stratum)
    while True:
        size = scheme.block_sizes[below(words, len(scheme.block_sizes))]
        times = size // sum(scheme.ratio)
        block = [arm for arm, share in zip(scheme.arms, scheme.ratio, strict=True) for _ in range(share * times)]
        for last in range(size - 1, 0, -1):
            other = below(words, last + 1)
            block[last], block[other] = block[other], block[last]
        yield tuple(block)


def stratum_list(scheme: Scheme, seed: bytes, stratum: str) -> Iterator[str]:
    """The endless list of a stratum, arm by arm."""
    for block in blocks(scheme, seed, stratum):
        yield from block


# ---------------------------------------------------------------- the next one
def next_slot(
    scheme: Scheme, seed: bytes, earlier: Sequence[Placed], levels: Mapping[str, str], site: str = ""
) -> Slot:  # fmt: skip
    """The allocation of the next person after the `earlier` ones (all of the trial, in their order).

    Raises Fault when the levels or the site do not name a stratum of the scheme.
    """
    number = len(earlier) + 1
    stratum = stratum_name(scheme, levels, site)
    place = 1 + sum(each.levels == levels and (each.site == site or not scheme.by_site) for each in earlier)
    match scheme.method:
        case "blocks":
            arm = next(islice(stratum_list(scheme, seed, stratum), place - 1, None))
            return Slot(number, stratum, place, arm)
        case "minimisation":
            coin, arm = _minimised(scheme, seed, earlier, levels, site)
            return Slot(number, stratum, place, arm, coin)
        case "simple":
            words = stream(scheme.prefix, seed, f"simple{JOINT}{number}")
            tickets = [arm for arm, share in zip(scheme.arms, scheme.ratio, strict=True) for _ in range(share)]
            return Slot(number, stratum, place, tickets[below(words, len(tickets))])
        case _:
            raise Fault("The trial allocates nobody: its folder has no randomisation.toml.")


def stratum_name(scheme: Scheme, levels: Mapping[str, str], site: str = "") -> str:
    """The levels in the order of the factors, joined: "G1|R0", with the site before them where site is a factor."""
    known = dict(scheme.factors)
    for factor in levels.keys() - known.keys():
        raise Fault(f'"{factor}" is not a stratification factor of the trial: name {", ".join(known) or "none"}.')
    for factor, names in scheme.factors:
        if levels.get(factor) not in names:
            found = f'"{levels[factor]}"' if factor in levels else "missing"
            raise Fault(f"The {factor} is {found}: name one of {', '.join(names)}.")
    if scheme.by_site and (not site or JOINT in site):
        raise Fault(f'The site "{site}" cannot name a stratum: give its identifier, without "{JOINT}".')
    return JOINT.join(([site] if scheme.by_site else []) + [levels[factor] for factor, _ in scheme.factors])


def imbalances(
    scheme: Scheme, earlier: Sequence[Placed], levels: Mapping[str, str], site: str = ""
) -> dict[str, Fraction]:  # fmt: skip
    """The imbalance that each arm would leave (Pocock and Simon, Biometrics 1975;31:103-115), exact.

    Of each factor only the people of the new one's level count; the factors' ranges, or variances with n - 1, are
    averaged by the scheme's weights.
    """
    mine = {SITE: site, **levels} if scheme.by_site else levels
    factors = [*([SITE] if scheme.by_site else []), *(factor for factor, _ in scheme.factors)]
    counts = {factor: dict.fromkeys(scheme.arms, 0) for factor in factors}
    for each in earlier:
        theirs = {SITE: each.site, **each.levels} if scheme.by_site else each.levels
        for factor in factors:
            counts[factor][each.arm] += theirs[factor] == mine[factor]
    return {arm: _weighed(scheme, [_with(counts[factor], arm) for factor in factors]) for arm in scheme.arms}


def _with(counts: Mapping[str, int], arm: str) -> list[int]:
    return [number + (name == arm) for name, number in counts.items()]


def _weighed(scheme: Scheme, counts: Sequence[Sequence[int]]) -> Fraction:
    measure = _range if scheme.measure == "range" else _variance
    parts = [weight * measure(numbers) for weight, numbers in zip(scheme.weights, counts, strict=True)]
    return sum(parts, Fraction(0)) / sum(scheme.weights)


def _range(numbers: Sequence[int]) -> Fraction:
    return Fraction(max(numbers) - min(numbers))


def _variance(numbers: Sequence[int]) -> Fraction:
    mean = Fraction(sum(numbers), len(numbers))
    return sum(((number - mean) ** 2 for number in numbers), Fraction(0)) / (len(numbers) - 1)


def _minimised(
    scheme: Scheme, seed: bytes, earlier: Sequence[Placed], levels: Mapping[str, str], site: str
) -> tuple[Coin, str]:
    """The coin and the arm: the one that balances best with the scheme's probability, else any other alike."""
    words = stream(scheme.prefix, seed, f"minimisation{JOINT}{len(earlier) + 1}")
    imbalance = imbalances(scheme, earlier, levels, site)
    least = min(imbalance.values())
    best = [arm for arm in scheme.arms if imbalance[arm] == least]
    if len(best) == len(scheme.arms):
        value = below(words, len(best))
        return Coin(imbalance, "", Fraction(1, len(best)), value, len(best)), best[value]
    preferred = best[below(words, len(best))] if len(best) > 1 else best[0]
    probability = scheme.probability
    value = below(words, probability.denominator)
    coin = Coin(imbalance, preferred, probability, value, probability.denominator)
    if value < probability.numerator:
        return coin, preferred
    others = [arm for arm in scheme.arms if arm != preferred]
    return coin, others[below(words, len(others))] if len(others) > 1 else others[0]


# ---------------------------------------------------------------- the ledger's entries
def allocated(scheme: Scheme, slot: Slot, person: str, site: str, levels: Mapping[str, str], first: bool) -> Allocated:
    """The answer about a person, with the body of its entry."""
    letter = scheme.letters[scheme.arms.index(slot.arm)]
    detail: dict[str, Any] = {
        "person": person, "site": site, "levels": dict(levels), "stratum": slot.stratum, "number": slot.number,
        "place": slot.place, "arm": slot.arm, "letter": letter,
    }  # fmt: skip
    if slot.coin is not None:
        detail |= {
            "imbalance": {arm: str(value) for arm, value in slot.coin.imbalance.items()},
            "preferred": slot.coin.preferred, "probability": str(slot.coin.probability),
            "coin": slot.coin.value, "of": slot.coin.of,
        }  # fmt: skip
    return Allocated(person, site, dict(levels), slot.stratum, slot.number, slot.arm, letter, first, detail)


def commitment_body(scheme: Scheme, seed: bytes) -> dict[str, Any]:
    """The body of the entry by which the trial commits itself, before the first person."""
    return {"commitment": commitment(scheme.prefix, seed), "scheme": scheme_body(scheme)}


def scheme_body(scheme: Scheme) -> dict[str, Any]:
    """The scheme as maps, lists, texts and whole numbers."""
    return {
        "prefix": scheme.prefix, "method": scheme.method, "arms": list(scheme.arms), "ratio": list(scheme.ratio),
        "factors": [[factor, list(levels)] for factor, levels in scheme.factors],
        "by_site": scheme.by_site, "block_sizes": list(scheme.block_sizes),
        "weights": [str(weight) for weight in scheme.weights], "measure": scheme.measure,
        "probability": str(scheme.probability),
    }  # fmt: skip


def scheme_from_body(body: Mapping[str, Any]) -> Scheme:
    """The scheme that such a body states. Raises KeyError, TypeError or ValueError for any other."""
    return Scheme(
        body["prefix"], body["method"], tuple(body["arms"]), tuple(int(each) for each in body["ratio"]),
        tuple((factor, tuple(levels)) for factor, levels in body["factors"]), body["by_site"],
        tuple(int(each) for each in body["block_sizes"]), tuple(Fraction(each) for each in body["weights"]),
        body["measure"], Fraction(body["probability"]),
    )  # fmt: skip
