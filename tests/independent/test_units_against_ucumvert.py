"""The table of units against ucumvert, which reads UCUM by its grammar and converts with pint."""

import math

import pytest

from equipoise.quantities import UNITS, dimension, factor

try:
    from ucumvert import PintUcumRegistry
except ImportError:
    PintUcumRegistry = None

NOT_A_DIMENSION = {"ratio", "INR", "score"}  # all plain numbers there; kept apart here


@pytest.fixture(scope="module")
def registry():
    if PintUcumRegistry is None:
        pytest.skip("ucumvert is missing: pip install ucumvert")
    return PintUcumRegistry()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("code", [code for code in UNITS if not code.startswith("{")])  # braces are only a remark
def test_same_dimension_and_factor(code: str, registry) -> None:
    kind = dimension(code)
    first = next(other for other in UNITS if dimension(other) == kind)
    theirs = registry.from_ucum(code)
    other = registry.from_ucum(first)
    assert theirs.dimensionality == other.dimensionality
    if kind not in NOT_A_DIMENSION:
        ours = factor(code, first)
        assert ours is not None
        assert math.isclose(float(ours), (1 * theirs / (1 * other)).to("").magnitude, rel_tol=1e-9)
