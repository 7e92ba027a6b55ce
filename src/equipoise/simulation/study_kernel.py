"""One simulated trial in machine code: who comes when and to which arm, what happens to them, and what is seen of it.

    enrol, allocate      entries by a Poisson process; strata, and permuted blocks within them
    wait, recur          death, loss and recurrence of each person, as if nothing else happened
    show                 when the first event of each would be seen: at a scan, before it, or by death
    analysed_at, observe the calendar month of the analysis; time and event of each person by then

Every step reads uniform numbers about its persons, one row of `words` for each use, and writes into arrays that are
handed in; a hundred thousand trials need the space of one. Times are months. Steps take plain arrays rather than a
tuple of them: a kernel counts references to each array of a tuple, at every call, which takes longer than the step.
"""

from math import log
from typing import Final

import numpy as np

from ..analysis.compiled import compiled
from ..analysis.kernels import Floats, Integers, Marks
from .streams import draw_people, waiting
from .study_course import NEVER

# What each word about a person is for: rows of `words`, of which four are drawn at a time.
COMES: Final = 0
STRATUM: Final = 1
ARM: Final = 2
RECURS: Final = 3
LOST: Final = 4
DIES: Final = 5
BLOCK: Final = 6
REFUSES: Final = 7
CURED: Final = 8
SHOWS: Final = 9
MISSES: Final = 10
MISSED: Final = 11
DIES_AFTER: Final = 12
WORD_ROWS: Final = 16

# A piece of a hazard: its first month, the cumulative hazard by then, months for a unit of hazard.
BEGINS: Final = 0
REACHED: Final = 1
MONTHS_EACH: Final = 2


@compiled
def draw(key: tuple[np.uint64, np.uint64], replicate: int, blocks: int, words: Floats) -> None:
    """So many blocks of words about each person."""
    for block in range(blocks):
        draw_people(key, replicate, block, words[4 * block : 4 * block + 4])


# ------------------------------------------------------------------ who comes
@compiled
def enrol(paces: Floats, last: float, word: Floats, entry: Floats) -> int:
    """Entries in order; and how many of them came before the month `last`. paces: as pieces of a hazard of coming."""
    waiting(word, entry)
    total = 0.0
    for i in range(len(entry)):
        total += entry[i]
        entry[i] = total
    for i in range(len(entry)):
        need = entry[i]
        month = need * paces[MONTHS_EACH, 0]
        for k in range(1, paces.shape[1]):
            later = paces[BEGINS, k] + (need - paces[REACHED, k]) * paces[MONTHS_EACH, k]
            month = later if need >= paces[REACHED, k] else month
        entry[i] = month
    return entered_by(last, entry, len(entry))


@compiled
def entered_by(month: float, entry: Floats, n: int) -> int:
    """How many of the first n people entered before that calendar month."""
    while n > 0 and entry[n - 1] >= month:
        n -= 1
    return n


@compiled
def allocate(
    shares: Floats, blocks: Integers, experimental: float, words: Floats, left: Integers, stratum: Integers, arm: Marks
) -> None:
    """Stratum and arm: drawn without replacement from the open block of the stratum, in the order of entry.

    shares: of the strata, summed up. experimental: the share of a block that is of that arm. left: space: of the open
    block of each stratum the places of any arm, and those of the experimental one.
    """
    for i in range(len(arm)):
        number = 0
        for k in range(len(shares) - 1):
            number += words[STRATUM, i] >= shares[k]
        stratum[i] = number
    left[:] = 0
    for i in range(len(arm)):
        s = stratum[i]
        size = blocks[int(words[BLOCK, i] * len(blocks))]
        places, theirs = left[0, s], left[1, s]
        theirs = int(size * experimental + 0.5) if places == 0 else theirs
        places = size if places == 0 else places
        given = words[ARM, i] * places < theirs
        left[0, s] = places - 1
        left[1, s] = theirs - given
        arm[i] = given


# ------------------------------------------------------------------ what happens to them
@compiled
def wait(mean: float, word: Floats, into: Floats) -> None:
    """Months until an event of a constant hazard; `NEVER` is a hazard of 0."""
    if mean >= NEVER:
        into[:] = NEVER
        return
    waiting(word, into)
    for i in range(len(into)):
        into[i] *= mean


@compiled
def recur(
    courses: Floats, ease: Floats, refusing: float, words: Floats, stratum: Integers, arm: Marks, need: Floats,
    into: Floats,
) -> None:  # fmt: skip
    """The month in which the cumulative hazard of arm and stratum reaches an exponential number.

    courses: (arm, row, piece). ease: 1 / hazard of each stratum. refusing: the share of the experimental arm that has
    the hazard of the control arm. need: space. Piece by piece, so that each loop takes many people at a time.
    """
    waiting(words[RECURS], need)
    treated = words[REFUSES]
    for i in range(len(into)):
        treated[i] = treated[i] if arm[i] == 1 else -1.0
        need[i] *= ease[stratum[i]]
    for i in range(len(into)):
        into[i] = need[i] * (courses[1, MONTHS_EACH, 0] if treated[i] >= refusing else courses[0, MONTHS_EACH, 0])
    for k in range(1, courses.shape[2]):
        begins, reached, each = courses[0, BEGINS, k], courses[0, REACHED, k], courses[0, MONTHS_EACH, k]
        begins_1, reached_1, each_1 = courses[1, BEGINS, k], courses[1, REACHED, k], courses[1, MONTHS_EACH, k]
        for i in range(len(into)):
            own = treated[i] >= refusing
            by = reached_1 if own else reached
            month = (begins_1 if own else begins) + (need[i] - by) * (each_1 if own else each)
            into[i] = month if need[i] >= by else into[i]


@compiled
def cure(share: float, word: Floats, recurs: Floats) -> None:
    """Takes away the recurrences of those who are cured."""
    for i in range(len(recurs)):
        recurs[i] = NEVER if word[i] < share else recurs[i]


@compiled
def die_sooner(mean: float, word: Floats, recurs: Floats, space: Floats, dies: Floats) -> None:
    """After a recurrence death may come sooner."""
    waiting(word, space)
    for i in range(len(dies)):
        dies[i] = min(dies[i], recurs[i] + space[i] * mean)


# ------------------------------------------------------------------ what is seen
@compiled
def show(
    scans: Floats, between: float, log_missed: float, words: Floats, recurs: Floats, dies: Floats, into: Floats
) -> None:
    """When the first event of each person would be seen, did nobody leave.

    between: the share of recurrences that show themselves. log_missed: the logarithm of the share of missed scans.
    """
    if len(scans) == 0:
        for i in range(len(into)):
            into[i] = min(recurs[i], dies[i])
        return
    for i in range(len(into)):
        scan = 0
        for k in range(len(scans)):
            scan += scans[k] < recurs[i]
        scan += _in_a_row(words[MISSES, i], log_missed)
        seen = scans[scan] if scan < len(scans) else NEVER
        into[i] = min(recurs[i] if words[SHOWS, i] < between else seen, dies[i])


@compiled
def _in_a_row(word: float, log_missed: float) -> int:
    """How many scans in a row are missed."""
    return int(min(log(word) / log_missed, 1e6))


@compiled
def analysed_at(planned: float, events: int, each: float, entry: Floats, first: Floats, lost: Floats) -> float:
    """The calendar month of the analysis: as planned, or when that many events are seen, if that is before.

    each: how long everybody is followed at most.
    """
    if events == 0:
        return planned
    seen = np.empty(len(entry))
    n = 0
    for i in range(len(entry)):
        if first[i] <= min(lost[i], each):
            seen[n] = entry[i] + first[i]
            n += 1
    return min(planned, np.sort(seen[:n])[events - 1]) if n >= events else planned


@compiled
def observe(end: float, each: float, entry: Floats, first: Floats, lost: Floats, time: Floats, event: Marks) -> None:
    """Time and event of each person by the calendar month `end`: without an event, the last day they were seen."""
    for i in range(len(time)):
        left = min(lost[i], each)
        seen = (first[i] <= left) & (entry[i] + first[i] <= end)
        time[i] = first[i] if seen else min(left, end - entry[i])
        event[i] = seen


@compiled
def censor_at_scans(scans: Floats, log_missed: float, word: Floats, event: Marks, time: Floats) -> None:
    """Whoever is without event was last known to be free of disease at the last scan that was made."""
    for i in range(len(time)):
        if event[i] == 0:
            made = 0
            for k in range(len(scans)):
                made += scans[k] <= time[i]
            made -= _in_a_row(word[i], log_missed)
            time[i] = scans[made - 1] if made > 0 else 0.0
