"""How many people will have come: the exact distribution of a sum of independent negative binomials.

A site whose rate is gamma distributed (shape a) gives a negative binomial count; one whose rate is certain gives a
Poisson count. Their sum has no name, but its generating function P(z) is a product, so that

    P'(z) = P(z) · sum over sites of a q / (1 - q z)        (a Poisson site of mean m adds m)

and comparing powers of z gives each probability from those before it, by sums of positive terms only: nothing cancels,
and the few first probabilities are right to rounding however many people are expected in all. (The recursion of Panjer,
ASTIN Bulletin 12 (1981) 22-26, for a compound Poisson sum with logarithmic parts; for sums of negative binomials see
Furman, Statistics & Probability Letters 77 (2007) 169-172.)

Every array has a first axis of cases (values of what the sites share), worked out side by side.
"""

from typing import Final

import numpy as np

from .sites import Numbers

_LARGE: Final = 1e200


def counts_of_sum(shapes: Numbers, shares: Numbers, means: Numbers, size: int) -> Numbers:
    """The probabilities of 0, 1, ..., size - 1 people from all sites together.

    shapes, shares (cases x sites): of each negative binomial, the shape a and q = exposure / (rate + exposure), so
    that its mean is a q / (1 - q). means (cases): of all Poisson sites together. Gives cases x size.
    """
    cases = means.shape[0]
    found = np.zeros((cases, max(size, 0)))
    if size < 1:
        return found
    parts = _parts(shapes, shares, means, size)
    scale = np.sum(shapes * np.log1p(-shares), axis=1) - means  # the logarithm of the probability of nobody
    found[:, 0] = 1.0
    for k in range(1, size):
        found[:, k] = np.einsum("cj,cj->c", parts[:, :k], found[:, k - 1 :: -1]) / k
        large = found[:, k] > _LARGE
        if large.any():
            found[large, : k + 1] /= _LARGE
            scale[large] += np.log(_LARGE)
    with np.errstate(under="ignore"):
        return np.exp(np.log(found, where=found > 0, out=np.full_like(found, -np.inf)) + scale[:, None])


def _parts(shapes: Numbers, shares: Numbers, means: Numbers, size: int) -> Numbers:
    """The powers of z in the sum over sites: of z^k, the sum of a q^(k+1); Poisson sites add to the first."""
    parts = np.empty((means.shape[0], size))
    term = shapes * shares
    with np.errstate(under="ignore"):
        for k in range(size):
            parts[:, k] = term.sum(axis=1)
            term = term * shares
    parts[:, 0] += means
    return parts


def counts_of_one(shape: Numbers, share: Numbers, size: int) -> Numbers:
    """The probabilities of 0, 1, ..., size - 1 people from one site; shape and share as above, on any axes before."""
    logs = np.empty((*np.broadcast_shapes(shape.shape, share.shape), size))
    logs[..., 0] = shape * np.log1p(-share)
    steps = np.arange(1, size)
    with np.errstate(divide="ignore"):
        ratio = np.log(shape[..., None] + steps - 1) - np.log(steps) + np.log(share)[..., None]
    logs[..., 1:] = logs[..., :1] + np.cumsum(ratio, axis=-1)
    with np.errstate(under="ignore"):
        return np.exp(logs)


def poisson_counts(mean: Numbers, size: int) -> Numbers:
    """The probabilities of 0, 1, ..., size - 1 of a Poisson count, on any axes before."""
    logs = np.empty((*mean.shape, size))
    logs[..., 0] = -mean
    with np.errstate(divide="ignore"):
        ratio = np.log(mean)[..., None] - np.log(np.arange(1, size))
    logs[..., 1:] = logs[..., :1] + np.cumsum(ratio, axis=-1)
    with np.errstate(under="ignore"):
        return np.exp(logs)


def added(one: Numbers, other: Numbers) -> Numbers:
    """The counts of two independent parts together: each cases x size, and so is the sum, cut at the same size."""
    size = one.shape[1]
    both = np.zeros_like(one)
    with np.errstate(under="ignore"):
        for k in range(size):
            both[:, k:] += one[:, k : k + 1] * other[:, : size - k]
    return both


def repeated(counts: Numbers, times: int) -> Numbers:
    """The count of so many independent parts that are alike, by doubling; times is 1 or more."""
    if times == 1:
        return counts
    half = repeated(counts, times // 2)
    twice = added(half, half)
    return added(twice, counts) if times % 2 else twice
